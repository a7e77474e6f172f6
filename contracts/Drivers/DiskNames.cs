using System.Text.RegularExpressions;

namespace Pipeline.Contracts.Drivers;

/// <summary>The names of a guest's disks, on both sides of the way to its host. Pure.</summary>
public static partial class DiskNames
{
    /// <summary>Of the disk that the guest boots from.</summary>
    public const string Boot = "/dev/vda";

    /// <summary>Of the config drive, when it has one.</summary>
    public const string ConfigDrive = "/dev/vdb";

    /// <returns>The first name that is not taken; null when all are.</returns>
    public static string? Next(IReadOnlyCollection<string> taken) =>
        Enumerable
            .Range('a', 26)
            .Select(letter => $"/dev/vd{(char)letter}")
            .FirstOrDefault(name => !taken.Contains(name));

    public static bool IsName(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(@"\A/dev/vd[a-z]\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
