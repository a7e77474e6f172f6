using System.Text.RegularExpressions;

namespace Pipeline.Data.Postgres;

/// <summary>
/// Our SQL as PostgreSQL takes it: a list is one array, so that a statement has one text however long the list; text is
/// compared by its bytes, as in SQLite; `@clock` is the server's time, which is the same for all functions hosts.
/// </summary>
internal static partial class PostgresDialect
{
    public const string Name = "pg";
    private const string Clock = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";

    public static string Statement(string sql) => Lists.InStatement().Replace(sql, List).Replace("@clock", Clock);

    public static string Definition(string sql) => Texts().Replace(sql, "TEXT COLLATE \"C\"");

    /// <summary>`INSERT … VALUES (@A, @B)` for many rows: one array for each column, however many there are.</summary>
    public static string OfMany(string sql)
    {
        var values = Values().Match(sql);
        if (!values.Success)
            throw new ArgumentException("rows are inserted by VALUES", nameof(sql));
        var list = values.Groups["list"].Value;
        var names = Argument().Matches(list).Select(m => m.Value[1..]).Where(n => n != "now").Distinct().ToList();
        var chosen = Argument().Replace(list, m => m.Value == "@now" ? m.Value : $"r.\"{m.Value[1..]}\"");
        var arrays = string.Join(", ", names.Select(n => $"@{n}"));
        var columns = string.Join(", ", names.Select(n => $"\"{n}\""));
        return sql.Replace(values.Value, $"SELECT {chosen} FROM unnest({arrays}) AS r ({columns})");
    }

    [GeneratedRegex(
        @"VALUES\s*\((?<list>[^()]*)\)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Values();

    [GeneratedRegex(@"@\w+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Argument();

    private static string List(Match match) =>
        match.Groups["not"].Success ? $"<> ALL({match.Groups["list"]})" : $"= ANY({match.Groups["list"]})";

    [GeneratedRegex(@"(?<!--.*)\bTEXT\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Texts();
}
