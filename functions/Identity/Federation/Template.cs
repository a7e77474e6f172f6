using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Identity.Federation;

/// <summary>A text with `{0}`, `{1}`, … in it, for the values that rules have given, in their order.</summary>
internal static partial class Template
{
    /// <summary>The highest number that it names; -1 for none.</summary>
    public static int MostOf(string text) => Holes().Matches(text).Select(NumberOf).DefaultIfEmpty(-1).Max();

    /// <summary>Null where a value is missing, or there are several where one is wanted.</summary>
    public static string? Fill(string text, IReadOnlyList<IReadOnlyList<string>> values)
    {
        var whole = true;
        var filled = Holes()
            .Replace(
                text,
                hole =>
                {
                    if (NumberOf(hole) is var number && number < values.Count && values[number] is [var one])
                        return one;
                    whole = false;
                    return "";
                }
            );
        return whole ? filled : null;
    }

    /// <summary>All values of a text that is nothing but `{n}`; else the one that it comes to; empty where one is missing.</summary>
    public static IReadOnlyList<string> FillAll(string text, IReadOnlyList<IReadOnlyList<string>> values)
    {
        var only = Holes().Match(text);
        if (only.Success && only.Length == text.Length && NumberOf(only) is var number && number < values.Count)
            return values[number];
        return Fill(text, values) is { } one ? [one] : [];
    }

    private static int NumberOf(Match hole) => int.Parse(hole.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(?<number>[0-9]{1,3})\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Holes();
}
