using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Pipeline.Contracts;

namespace Pipeline.Data.Sqlite;

/// <summary>The sole writer: decisions that wait together are committed together, each one a savepoint of its own.</summary>
internal sealed class GroupCommit : IDisposable
{
    private const int Batch = 64;
    private static readonly ActivitySource Spans = new("Pipeline.Data");

    private readonly ConcurrentQueue<PendingWrite> waiting = new();
    private readonly TransactionVerbs verbs;
    private readonly Statements statements;
    private readonly TimeProvider time;
    private readonly ICommitLoop loop;
    private volatile bool closed;

    public GroupCommit(SqliteConnection writer, Statements statements, TimeProvider time, ICommitLoop loop)
    {
        this.statements = statements;
        this.time = time;
        this.loop = loop;
        verbs = new(writer);
        loop.Start(Drain);
    }

    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide)
    {
        var pending = new PendingWrite<T>(decide, ExecutionContext.Capture(), SpanOfWrite());
        waiting.Enqueue(pending);
        if (closed)
            RefuseAll();
        else
            loop.Signal();
        return pending.Answer;
    }

    public void Dispose()
    {
        loop.Stop();
        closed = true;
        RefuseAll();
        verbs.Dispose();
    }

    private void RefuseAll()
    {
        while (waiting.TryDequeue(out var late))
            Tell(late, new Fault(FaultCode.Unavailable, "the database is closed"));
    }

    private void Drain()
    {
        var batch = new List<PendingWrite>(Batch);
        while (Take(batch))
            if (!TryCommit(batch))
                foreach (var one in batch)
                    TryCommit([one]);
    }

    private bool Take(List<PendingWrite> batch)
    {
        batch.Clear();
        while (batch.Count < Batch && waiting.TryDequeue(out var next))
            batch.Add(next);
        return batch.Count > 0;
    }

    /// <returns>
    /// False: nothing of the batch is written and nobody was told, since one of them may be to blame; a batch of one is
    /// always told.
    /// </returns>
    private bool TryCommit(List<PendingWrite> batch)
    {
        try
        {
            verbs.Begin();
        }
        catch (Exception e)
        {
            batch.ForEach(p => Tell(p, Unwritable(e)));
            return true;
        }
        var started = time.GetTimestamp();
        try
        {
            var now = time.GetUtcNow();
            foreach (var pending in batch)
                Decide(pending, now);
            verbs.Commit();
            DataMetrics.Committed(time.GetElapsedTime(started));
        }
        catch (Exception e)
        {
            verbs.Abandon();
            if (batch.Count > 1)
                return false;
            Tell(batch[0], Unwritable(e));
            return true;
        }
        foreach (var pending in batch)
        {
            pending.Span?.SetTag("db.operation.batch.size", batch.Count);
            Tell(pending, null);
        }
        return true;
    }

    /// <summary>Under whoever writes, from its decision's wait to its answer; what nobody traces has none.</summary>
    private static Activity? SpanOfWrite()
    {
        if (Activity.Current is not { IsStopped: false } writer)
            return null;
        var span = Spans.StartActivity("write", ActivityKind.Client)?.SetTag("db.system.name", "sqlite");
        Activity.Current = writer;
        return span;
    }

    private void Decide(PendingWrite pending, DateTimeOffset now)
    {
        verbs.Save();
        var tx = new SqliteTx(statements, now);
        try
        {
            pending.Decide(tx);
            verbs.Release();
        }
        catch (Exception e) when (e is not SqliteException trouble || !IsStoreTrouble(trouble))
        {
            verbs.Undo();
            pending.Refuse(e);
        }
        finally
        {
            tx.End();
        }
    }

    private void Tell(PendingWrite pending, Exception? failure)
    {
        if (failure is not null)
            pending.Refuse(failure);
        loop.Tell(pending);
    }

    /// <summary>No decision's fault: out of memory, read-only, I/O, corrupt, full, cannot open (a temporary file).</summary>
    private static bool IsStoreTrouble(SqliteException e) => e.SqliteErrorCode is 7 or 8 or 10 or 11 or 13 or 14;

    private static Fault Unwritable(Exception e) =>
        new(
            FaultCode.Unavailable,
            e is SqliteException { SqliteErrorCode: 13 }
                ? "The database's disk is full."
                : "The database cannot be written at present.",
            cause: e
        );
}
