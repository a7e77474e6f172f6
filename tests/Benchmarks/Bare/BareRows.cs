using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Pipeline.Benchmarks.Bare;

/// <summary>A row with as many columns as that of a server, and about as many bytes on the wire.</summary>
internal sealed record BareRow(string[] Values)
{
    public const int Width = 28;

    public static readonly string[] Names = [.. Enumerable.Range(1, Width).Select(i => $"a_column_of_row_{i:00}")];

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        for (var i = 0; i < Width; i++)
            json.WriteString(Names[i], Values[i]);
        json.WriteEndObject();
    }
}

/// <summary>SQLite with prepared statements on connections that stay open, as fast as it gets; set up as the cloud's own database.</summary>
internal sealed class BareRows : IDisposable
{
    private static readonly string Select = $"SELECT {string.Join(", ", BareRow.Names)} FROM rows";

    private readonly ConcurrentBag<SqliteCommand> one = [];
    private readonly ConcurrentBag<SqliteCommand> all = [];
    private readonly Lock writing = new();
    private readonly string file;
    private readonly SqliteCommand insert;

    private BareRows(string file, SqliteConnection writer)
    {
        this.file = file;
        insert = writer.CreateCommand();
        insert.CommandText = "INSERT INTO written (text) VALUES ('a row that was written')";
    }

    public static BareRows Open(string file)
    {
        var writer = Connect(file);
        using var make = writer.CreateCommand();
        var columns = string.Join(", ", BareRow.Names.Select(name => $"{name} TEXT"));
        var values = string.Join(", ", BareRow.Names.Select(_ => "hex(randomblob(10))"));
        make.CommandText = $$"""
            PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;
            CREATE TABLE rows (number INTEGER PRIMARY KEY, {{columns}});
            CREATE TABLE written (number INTEGER PRIMARY KEY, text TEXT);
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
            INSERT INTO rows SELECT i, {{values}} FROM n;
            """;
        make.ExecuteNonQuery();
        return new(file, writer);
    }

    public BareRow Read(int number)
    {
        var command = one.TryTake(out var free) ? free : Prepare($"{Select} WHERE number = @number");
        command.Parameters[0].Value = number;
        var rows = Run(command);
        one.Add(command);
        return rows[0];
    }

    public List<BareRow> List()
    {
        var command = all.TryTake(out var free) ? free : Prepare($"{Select} WHERE number <= @number ORDER BY number");
        command.Parameters[0].Value = 100;
        var rows = Run(command);
        all.Add(command);
        return rows;
    }

    public void Write()
    {
        lock (writing)
            insert.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in one.Concat(all).Append(insert))
        {
            command.Connection?.Dispose();
            command.Dispose();
        }
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = Connect(file).CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add("@number", SqliteType.Integer);
        return command;
    }

    private static List<BareRow> Run(SqliteCommand command)
    {
        var rows = new List<BareRow>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var values = new string[BareRow.Width];
            for (var i = 0; i < values.Length; i++)
                values[i] = reader.GetString(i);
            rows.Add(new(values));
        }
        return rows;
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString()
        );
        connection.Open();
        return connection;
    }
}
