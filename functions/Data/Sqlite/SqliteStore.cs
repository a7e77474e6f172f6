using System.Collections.Concurrent;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>SQLite: one writer with group commit, snapshot readers beside it.</summary>
internal sealed class SqliteStore : IStore
{
    internal const string Memory = ":memory:";

    private readonly ConcurrentBag<SnapshotReader> readers = [];
    private readonly SqliteConnection writer;
    private readonly Statements written;
    private readonly GroupCommit commits;
    private readonly TimeProvider time;
    private readonly string path;
    private readonly bool owner;

    private SqliteStore(
        string path,
        SqliteConnection writer,
        Statements written,
        TimeProvider time,
        ICommitLoop loop,
        bool owner
    )
    {
        this.path = path;
        this.writer = writer;
        this.written = written;
        this.time = time;
        this.owner = owner;
        commits = new(writer, written, time, loop);
    }

    public static SqliteStore Open(string path, TimeProvider time, ICommitLoop loop)
    {
        var connection = Make(path, time.GetUtcNow());
        return new(path, connection, new(connection), time, loop, owner: true);
    }

    /// <summary>A store in memory over a connection and statements that outlive it.</summary>
    internal static SqliteStore Over(
        SqliteConnection connection,
        Statements statements,
        TimeProvider time,
        ICommitLoop loop
    ) => new(Memory, connection, statements, time, loop, owner: false);

    /// <summary>Opens the writing connection and brings the schema up to date.</summary>
    internal static SqliteConnection Make(string path, DateTimeOffset now)
    {
        Columns.Ensure();
        NativeSqlite.Configure();
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // In memory what a transaction changes is copied before, a page at a time.
            if (path == Memory)
                connection.Execute("PRAGMA page_size=1024;");
            connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;");
            Schema.Apply(connection, SqliteDialect.Name, SqliteDialect.Definition, now);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public event Action<string>? Notified;

    public bool IsShared => false;

    /// <summary>All who use this store are in this process.</summary>
    public void Notify(string hint) => Notified?.Invoke(hint);

    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide) => commits.WriteAsync(decide);

    public async Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query)
    {
        if (path == Memory)
            return await Look(written, query);
        var reader = readers.TryTake(out var free) ? free : new(Connect(path, SqliteOpenMode.ReadOnly));
        try
        {
            reader.Begin();
            var found = await Look(reader.Statements, query);
            reader.End();
            readers.Add(reader);
            return found;
        }
        catch
        {
            // Whatever state the connection is in, the next reader gets a fresh one.
            reader.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        commits.Dispose();
        foreach (var reader in readers)
            reader.Dispose();
        if (!owner)
            return;
        written.Dispose();
        writer.Dispose();
    }

    private ValueTask<T> Look<T>(Statements statements, Func<Tx, ValueTask<T>> query)
    {
        var tx = new SqliteTx(statements, time.GetUtcNow());
        try
        {
            var work = query(tx);
            return work.IsCompleted ? work : throw SqliteTx.Waited();
        }
        finally
        {
            tx.End();
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = path == Memory ? SqliteOpenMode.Memory : mode,
            Pooling = false,
            DefaultTimeout = 10,
        };
        var connection = new SqliteConnection(text.ToString());
        connection.Open();
        connection.Execute("PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;");
        return connection;
    }
}
