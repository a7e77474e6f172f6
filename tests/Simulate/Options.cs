using System.Globalization;
using Pipeline.Testing.Worlds;

namespace Pipeline.Simulate;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: infra/simulate [--seed S | --seeds N | --file F] [--first-seed F] [--minutes M] [--story] [--no-shrink]

          --seed S         one world, replayed as a story
          --seeds N        so many worlds, one after the other (default 100)
          --first-seed F   the first of them (default 1)
          --minutes M      no further world is begun after so many minutes
          --jobs J         so many worlds at a time (default 1)
          --file F         the worlds of a file, a seed a line; what follows it is a remark
          --restored       in every world the database is restored to an earlier point besides
          --with DEED      only worlds in whose plan there is such a deed, as DatabaseIsRestored
          --hashes         a line a world with the hash of its log: two runs of a seed have the same
          --story          tells what happened, line by line
          --plant NAME     puts a mistake into every world (for NAME a few letters of it, 'list' lists them)
          --calls          before all others: no worlds, but sequences of calls of the API, held against a model
          --no-shrink      a world that fails is reported as it is, without looking for the shortest that still does
        """;

    public int First { get; private set; } = 1;

    public int Count { get; private set; } = 100;

    public double Minutes { get; private set; } = double.PositiveInfinity;

    public int Jobs { get; private set; } = 1;

    public string? File { get; private set; }

    public bool Story { get; private set; }

    public bool Hashes { get; private set; }

    public string? Plant { get; private set; }

    public bool Restored { get; private set; }

    public DeedKind? With { get; private set; }

    public bool Shrinks { get; private set; } = true;

    /// <exception cref="FormatException">It is not understood.</exception>
    public static Options Read(IReadOnlyList<string> words)
    {
        var options = new Options();
        for (var i = 0; i < words.Count; i++)
            switch (words[i])
            {
                case "--story":
                    options.Story = true;
                    break;
                case "--hashes":
                    options.Hashes = true;
                    break;
                case "--no-shrink":
                    options.Shrinks = false;
                    break;
                case "--seed":
                    options.First = Number(words, ++i);
                    (options.Count, options.Story) = (1, true);
                    break;
                case "--seeds":
                    options.Count = Number(words, ++i);
                    break;
                case "--first-seed":
                    options.First = Number(words, ++i);
                    break;
                case "--minutes":
                    options.Minutes = double.Parse(Word(words, ++i), CultureInfo.InvariantCulture);
                    break;
                case "--plant":
                    options.Plant = Word(words, ++i);
                    break;
                case "--restored":
                    options.Restored = true;
                    break;
                case "--with":
                    options.With = Enum.Parse<DeedKind>(Word(words, ++i));
                    break;
                case "--jobs":
                    options.Jobs = Number(words, ++i);
                    break;
                case "--file":
                    options.File = Word(words, ++i);
                    break;
                default:
                    throw new FormatException($"'{words[i]}' is not understood");
            }
        return options;
    }

    /// <summary>The seeds to run, in order.</summary>
    public IEnumerable<int> Seeds() =>
        File is null
            ? Enumerable.Range(First, Count)
            : System
                .IO.File.ReadLines(File)
                .Select(line => line.Split(' ', 2)[0])
                .Where(word => word.Length > 0 && word[0] != '#')
                .Select(word => int.Parse(word, CultureInfo.InvariantCulture));

    private static int Number(IReadOnlyList<string> words, int at) =>
        int.Parse(Word(words, at), CultureInfo.InvariantCulture);

    private static string Word(IReadOnlyList<string> words, int at) =>
        at < words.Count ? words[at] : throw new FormatException($"'{words[at - 1]}' needs a value");
}
