using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks;

/// <summary>A group of figures that are measured together; their names begin with <paramref name="Name"/>.</summary>
/// <param name="Measure">Measures on a cloud of the kind that <paramref name="Cloud"/> names, which others may share.</param>
internal sealed record Benchmark(string Name, CloudKind Cloud, Func<Bench, IAsyncEnumerable<Figure>> Measure)
{
    /// <summary>Whether a name that was asked for is of this group, or this group of it.</summary>
    public bool Concerns(IReadOnlyList<string> asked) =>
        asked.Count == 0 || asked.Any(name => Begins(Name, name) || Begins(name, Name));

    public static bool Begins(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
}
