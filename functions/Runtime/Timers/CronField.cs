using System.Globalization;

namespace Pipeline.Runtime.Timers;

/// <summary>One field of a schedule: a list of values, ranges and steps, as a set of bits.</summary>
internal readonly struct CronField(ulong bits)
{
    public static readonly string[] Months =
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];

    public static readonly string[] Weekdays =
    [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ];

    private readonly ulong bits = bits;

    public bool Has(int value) => (bits >> value & 1) == 1;

    /// <param name="names">Names of the values from <paramref name="min"/> on; three letters are enough.</param>
    /// <exception cref="FormatException">Naming the field.</exception>
    public static CronField Parse(string field, string text, int min, int max, string[] names)
    {
        var set = 0UL;
        foreach (var part in text.Split(','))
        {
            var (first, last, step) =
                Range(part, min, max, names) ?? throw new FormatException($"\"{part}\" is no {field}");
            for (var value = first; value <= last; value += step)
                set |= 1UL << value;
        }
        return new(set);
    }

    // `*`, `5`, `5-10`, each with `/step`; `5/10` goes on to the field's end.
    private static (int First, int Last, int Step)? Range(string part, int min, int max, string[] names)
    {
        var slash = part.IndexOf('/');
        var range = slash < 0 ? part : part[..slash];
        int? step = slash < 0 ? 1 : Number(part[(slash + 1)..]);
        if (step is not > 0)
            return null;
        if (range == "*")
            return (min, max, step.Value);
        var dash = range.IndexOf('-');
        var first = Value(dash < 0 ? range : range[..dash], min, names);
        var last =
            dash >= 0 ? Value(range[(dash + 1)..], min, names)
            : slash < 0 ? first
            : max;
        return first >= min && first <= last && last <= max ? (first.Value, last.Value, step.Value) : null;
    }

    private static int? Value(string text, int min, string[] names)
    {
        if (Number(text) is { } number)
            return number;
        var at = Array.FindIndex(
            names,
            name => text.Length >= 3 && name.StartsWith(text, StringComparison.OrdinalIgnoreCase)
        );
        return at < 0 ? null : min + at;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
