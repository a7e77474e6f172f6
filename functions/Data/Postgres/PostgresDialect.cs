using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Pipeline.Data.Postgres;

/// <summary>
/// Our SQL as PostgreSQL takes it: a list is one array, so that a statement has one text however long the list; text is
/// compared by its bytes, as in SQLite; `@clock` is the server's time, which is the same for all functions hosts.
/// </summary>
internal static partial class PostgresDialect
{
    public const string Name = "pg";
    private const int Most = 2_000;
    private const string Clock = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";
    private static readonly ConcurrentDictionary<string, string> Known = new();

    public static string Statement(string sql)
    {
        if (Known.TryGetValue(sql, out var known))
            return known;
        if (Known.Count >= Most)
            Known.Clear();
        return Known[sql] = Lists.InStatement().Replace(sql, List).Replace("@clock", Clock);
    }

    public static string Definition(string sql) => Texts().Replace(sql, "TEXT COLLATE \"C\"");

    private static string List(Match match) =>
        match.Groups["not"].Success ? $"<> ALL({match.Groups["list"]})" : $"= ANY({match.Groups["list"]})";

    [GeneratedRegex(@"(?<!--.*)\bTEXT\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Texts();
}
