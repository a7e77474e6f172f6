using System.Text;

namespace Pipeline.Services.Tests.Identity.Fuzzing;

/// <summary>Inputs nobody has thought of, the same ones in every run: a seed makes them. PIPELINE_LONG=1 asks for a hundred times as many.</summary>
internal sealed class Fuzz(int seed)
{
    private const string Odd = "\0\t\n\r \"'%()*+,-./:;<=>?[\\]^_`{|}~0AZaz9é€\U0001F600";
    private readonly Random random = new(seed);

    private static int Times => Environment.GetEnvironmentVariable("PIPELINE_LONG") == "1" ? 100 : 1;

    public static IEnumerable<int> Rounds(int count) => Enumerable.Range(0, count * Times);

    public int Next(int limit) => random.Next(limit);

    public T OneOf<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    public string Text(int longest)
    {
        var text = new StringBuilder();
        for (var left = random.Next(longest + 1); left > 0; left--)
            text.Append(random.Next(8) == 0 ? OneOf(Odd.EnumerateRunes().ToList()) : new Rune(random.Next(' ', 127)));
        return text.ToString();
    }

    /// <summary>A text with something left out, put in, exchanged, doubled or cut off.</summary>
    public string Changed(string text)
    {
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var at = random.Next(text.Length + 1);
            var end = Math.Min(text.Length, at + 1 + random.Next(8));
            text = random.Next(5) switch
            {
                0 => text[..at] + text[end..],
                1 => text[..at] + Text(4) + text[at..],
                2 => text[..at] + Text(4) + text[end..],
                3 => text[..end] + text[at..],
                _ => text[..at],
            };
        }
        return text;
    }
}
