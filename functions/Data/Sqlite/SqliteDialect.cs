using System.Text.RegularExpressions;

namespace Pipeline.Data.Sqlite;

/// <summary>
/// Our SQL as SQLite takes it: with one writer, no row needs a lock and the transaction's time is the store's; a list is one
/// array, in JSON.
/// </summary>
internal static partial class SqliteDialect
{
    public const string Name = "sqlite";

    public static string Statement(string sql) =>
        Lists
            .InStatement()
            .Replace(RowLocks().Replace(sql, ""), "${not}IN (SELECT value FROM json_each(${list}))")
            .Replace("@clock", "@now");

    /// <summary>Types are ours already.</summary>
    public static string Definition(string sql) => sql;

    [GeneratedRegex(
        @"\s+FOR (UPDATE|SHARE)( OF \w+)?( SKIP LOCKED)?\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex RowLocks();
}
