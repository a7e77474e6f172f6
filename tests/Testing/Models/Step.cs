using System.Globalization;

namespace Pipeline.Testing.Models;

/// <summary>One call of a sequence: small numbers alone, so that calls can be left out and the rest still means something.</summary>
/// <param name="Kind">One of <see cref="StepKind.All"/>.</param>
/// <param name="Who">Which caller, of those there are.</param>
/// <param name="Which">Which of the things that it is about, of those that are there by then.</param>
/// <param name="Other">Which of another kind.</param>
/// <param name="How">Its flavour: see the kind.</param>
public sealed record Step(string Kind, int Who, int Which, int Other, int How)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} who {Who} which {Which} other {Other} how {How}");
}

/// <summary>A sequence of calls, drawn from its seed.</summary>
public sealed record Sequence(int Seed, IReadOnlyList<Step> Steps)
{
    public static Sequence Draw(int seed, int steps)
    {
        var random = Pipeline.Data.Randomness.Seeded(seed);
        var hat = StepKind.All.SelectMany(k => Enumerable.Repeat(k.Name, k.Weight)).ToList();
        return new(
            seed,
            [
                .. Enumerable
                    .Range(0, steps)
                    .Select(_ => new Step(
                        hat[random.Next(hat.Count)],
                        random.Next(100),
                        random.Next(1000),
                        random.Next(1000),
                        random.Next(1000)
                    )),
            ]
        );
    }
}
