using System.Text.RegularExpressions;

namespace Pipeline.Data;

/// <summary>Where a statement compares with a list: each store puts its own form of one array there.</summary>
internal static partial class Lists
{
    [GeneratedRegex(
        @"\b(?<not>NOT )?IN (?<list>@\w+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    public static partial Regex InStatement();
}
