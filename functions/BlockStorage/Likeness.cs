namespace Pipeline.BlockStorage;

/// <summary>Part of a text, in SQL: the signs that SQL knows stand for themselves.</summary>
internal static class Likeness
{
    public const string Escape = @"ESCAPE '\'";

    public static string Of(string part)
    {
        var escaped = part.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
        return $"%{escaped}%";
    }
}
