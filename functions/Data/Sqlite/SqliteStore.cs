using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Contracts;

namespace Pipeline.Data.Sqlite;

/// <summary>SQLite: one writer with group commit (each decision a savepoint), snapshot readers beside it.</summary>
internal sealed class SqliteStore : IDisposable
{
    internal const string Memory = ":memory:";
    private const int Batch = 64;
    private static readonly ActivitySource Spans = new("Pipeline.Data");

    private readonly ConcurrentQueue<Pending> waiting = new();
    private readonly ConcurrentBag<SqliteConnection> readers = [];
    private readonly SqliteConnection writer;
    private readonly TimeProvider time;
    private readonly ICommitLoop commits;
    private readonly string path;
    private bool closed;

    private SqliteStore(string path, SqliteConnection writer, TimeProvider time, ICommitLoop commits)
    {
        this.path = path;
        this.writer = writer;
        this.time = time;
        this.commits = commits;
        commits.Start(Drain);
    }

    public static SqliteStore Open(string path, TimeProvider time, ICommitLoop commits)
    {
        Columns.Ensure();
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;");
        Schema.Apply(connection, time.GetUtcNow());
        return new(path, connection, time, commits);
    }

    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide)
    {
        var pending = new Pending<T>(decide);
        waiting.Enqueue(pending);
        commits.Signal();
        return pending.Task;
    }

    public async Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query)
    {
        if (path == Memory)
            return await Now(query(new SqliteTx(writer, time.GetUtcNow())));
        var reader = readers.TryTake(out var free) ? free : Connect(path, SqliteOpenMode.ReadOnly);
        reader.Execute("BEGIN DEFERRED"); // Dapper takes a lone BEGIN for a stored procedure
        try
        {
            return await Now(query(new SqliteTx(reader, time.GetUtcNow())));
        }
        finally
        {
            reader.Execute("COMMIT");
            readers.Add(reader);
        }
    }

    public void Dispose()
    {
        commits.Stop();
        closed = true;
        Drain();
        foreach (var reader in readers)
            reader.Dispose();
        writer.Dispose();
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

    private void Drain()
    {
        var batch = new List<Pending>(Batch);
        while (true)
        {
            batch.Clear();
            while (batch.Count < Batch && waiting.TryDequeue(out var next))
                batch.Add(next);
            if (batch.Count == 0)
                return;
            if (closed)
                batch.ForEach(p => p.Fail(new Fault(FaultCode.Unavailable, "the database is closed")));
            else if (batch.Count == 1 || !TryCommit(batch))
                batch.ForEach(p => TryCommit([p]));
        }
    }

    /// <summary>False: the commit itself failed and nothing of the batch is written; for a batch of one it is told at once.</summary>
    private bool TryCommit(List<Pending> batch)
    {
        using var span = Spans.StartActivity("commit");
        span?.SetTag("batch", batch.Count);
        var now = time.GetUtcNow();
        try
        {
            writer.Execute("BEGIN IMMEDIATE");
            foreach (var pending in batch)
                Decide(pending, now);
            writer.Execute("COMMIT");
        }
        catch (SqliteException e)
        {
            Abandon();
            if (batch.Count == 1)
                batch[0].Fail(Describe(e));
            return false;
        }
        batch.ForEach(p => p.Finish());
        return true;
    }

    private void Decide(Pending pending, DateTimeOffset now)
    {
        writer.Execute("SAVEPOINT decision");
        try
        {
            pending.Decide(new SqliteTx(writer, now));
            writer.Execute("RELEASE decision");
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Full or IoError or Corrupt)
        {
            throw;
        }
        catch (Exception e)
        {
            writer.Execute("ROLLBACK TO decision; RELEASE decision");
            pending.Refuse(e);
        }
    }

    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;

    private static Exception Describe(SqliteException e) =>
        e.SqliteErrorCode == Full ? new Fault(FaultCode.Unavailable, "the database's disk is full", cause: e) : e;

    private void Abandon()
    {
        try
        {
            writer.Execute("ROLLBACK");
        }
        catch (SqliteException e) when (e.Message.Contains("no transaction", StringComparison.Ordinal))
        {
            // A full disk makes SQLite roll back by itself.
        }
    }

    private static ValueTask<T> Now<T>(ValueTask<T> work) => work.IsCompleted ? work : throw Waited();

    private static InvalidOperationException Waited() => new("a decision awaited something other than its transaction");

    private abstract class Pending
    {
        public abstract void Decide(SqliteTx tx);
        public abstract void Refuse(Exception reason);
        public abstract void Finish();
        public abstract void Fail(Exception reason);
    }

    private sealed class Pending<T>(Func<Tx, ValueTask<T>> decide) : Pending
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? refusal;
        private SqliteTx? last;
        private T? result;

        public Task<T> Task => answer.Task;

        public override void Decide(SqliteTx tx)
        {
            refusal = null;
            last = tx;
            var work = decide(tx);
            result = work.IsCompleted ? work.GetAwaiter().GetResult() : throw Waited();
        }

        public override void Refuse(Exception reason) => refusal = reason;

        public override void Finish()
        {
            if (refusal is not null)
            {
                answer.TrySetException(refusal);
                return;
            }
            foreach (var then in last!.Committed)
                then();
            answer.TrySetResult(result!);
        }

        public override void Fail(Exception reason) => answer.TrySetException(reason);
    }
}
