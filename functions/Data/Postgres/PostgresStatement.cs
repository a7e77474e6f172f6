using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace Pipeline.Data.Postgres;

/// <summary>
/// One of our statements as the server takes it, with numbered parameters. The driver then has nothing to parse, and the server a
/// plan that is kept.
/// </summary>
internal sealed partial class PostgresStatement
{
    private readonly string[] parameters;
    private PostgresBinder? binder;
    private (Type Type, Func<DbDataReader, object> Parse)? parser;

    public PostgresStatement(string sql)
    {
        var names = new List<string>();
        Text = Parameters()
            .Replace(
                PostgresDialect.Statement(sql),
                match =>
                {
                    if (!match.Groups["name"].Success)
                        return match.Value;
                    var name = match.Groups["name"].Value;
                    if (!names.Contains(name))
                        names.Add(name);
                    return $"${names.IndexOf(name) + 1}";
                }
            );
        parameters = [.. names];
    }

    public string Text { get; }

    public NpgsqlBatchCommand Command(object? args, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Text);
        if (parameters.Length > 0)
            (binder = PostgresBinder.For(args, parameters, binder)).Fill(command.Parameters, args, now);
        return command;
    }

    /// <summary>Of one that takes a list for each parameter.</summary>
    public NpgsqlBatchCommand CommandOfRows(IReadOnlyList<object> rows, DateTimeOffset now) =>
        Command(PostgresBinder.ColumnsOf(rows, parameters), now);

    /// <summary>What makes a record of each row; a statement's columns are always the same.</summary>
    public Func<DbDataReader, object> Parser(Type type, DbDataReader reader)
    {
        if (parser is { } known && known.Type == type)
            return known.Parse;
        var parse = reader.GetRowParser(type);
        parser = (type, parse);
        return parse;
    }

    [GeneratedRegex(
        @"'[^']*'|--[^\n]*|@(?<name>\w+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Parameters();
}

/// <summary>A store's statements, each put together once.</summary>
internal sealed class PostgresStatements
{
    private const int Most = 2_000;
    private readonly ConcurrentDictionary<string, PostgresStatement> known = new();
    private readonly ConcurrentDictionary<string, PostgresStatement> inserts = new();

    public PostgresStatement this[string sql] => Find(known, sql, static text => new(text));

    /// <summary>An INSERT of one row's values as one of a list of each column's values.</summary>
    public PostgresStatement OfMany(string sql) => Find(inserts, sql, static text => new(PostgresDialect.OfMany(text)));

    private static PostgresStatement Find(
        ConcurrentDictionary<string, PostgresStatement> among,
        string sql,
        Func<string, PostgresStatement> make
    )
    {
        if (among.TryGetValue(sql, out var statement))
            return statement;
        if (among.Count >= Most)
            among.Clear();
        return among[sql] = make(sql);
    }
}
