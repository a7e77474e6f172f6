using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Pipeline.Benchmarks.Bare;

/// <summary>A row as wide as that of a server.</summary>
internal sealed record BareRow(string Id, string Name, string Status, string Project, string Flavor, string Addresses)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("name", Name);
        json.WriteString("status", Status);
        json.WriteString("tenant_id", Project);
        json.WriteString("flavor", Flavor);
        json.WriteString("addresses", Addresses);
        json.WriteEndObject();
    }
}

/// <summary>SQLite with prepared statements on connections that stay open, as fast as it gets; set up as the cloud's own database.</summary>
internal sealed class BareRows : IDisposable
{
    private const string Columns = "SELECT id, name, status, project, flavor, addresses FROM rows";

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
        make.CommandText = """
            PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;
            CREATE TABLE rows (number INTEGER PRIMARY KEY, id TEXT, name TEXT, status TEXT, project TEXT, flavor TEXT, addresses TEXT);
            CREATE TABLE written (number INTEGER PRIMARY KEY, text TEXT);
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
            INSERT INTO rows SELECT i, hex(randomblob(16)), 'server-' || i, 'ACTIVE', hex(randomblob(16)), 'm1.nano', '10.0.0.' || i FROM n;
            """;
        make.ExecuteNonQuery();
        return new(file, writer);
    }

    public BareRow Read(int number)
    {
        var command = one.TryTake(out var free) ? free : Prepare($"{Columns} WHERE number = @number");
        command.Parameters[0].Value = number;
        var rows = Run(command);
        one.Add(command);
        return rows[0];
    }

    public List<BareRow> List()
    {
        var command = all.TryTake(out var free) ? free : Prepare($"{Columns} WHERE number <= @number ORDER BY number");
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
            rows.Add(
                new(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetString(5)
                )
            );
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
