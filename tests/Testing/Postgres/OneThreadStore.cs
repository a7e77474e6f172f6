using System.Data;
using Npgsql;
using Pipeline.Data;
using Pipeline.Data.Postgres;

namespace Pipeline.Testing;

/// <summary>
/// PostgreSQL for a simulated world: each statement completes before it returns, writers are served in turns of the world's
/// commit loop, so that nothing ever leaves the world's thread. The database has its schema.
/// </summary>
internal sealed class OneThreadStore : IStore
{
    private readonly Queue<Pending> waiting = new();
    private readonly PostgresStatements statements = new();
    private readonly NpgsqlConnection connection;
    private readonly TimeProvider time;
    private readonly ICommitLoop loop;

    public OneThreadStore(string url, TimeProvider time, ICommitLoop loop)
    {
        Columns.Ensure();
        connection = new(PostgresUrl.Parse(url).ConnectionString);
        connection.Open();
        (this.time, this.loop) = (time, loop);
        loop.Start(Drain);
    }

    public event Action<string>? Notified;

    public bool IsShared => false;

    public void Notify(string hint) => Notified?.Invoke(hint);

    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide)
    {
        var pending = new Pending<T>(tx => Now(decide(tx)));
        waiting.Enqueue(pending);
        loop.Signal();
        return pending.Answer;
    }

    public Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query)
    {
        try
        {
            using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            return Task.FromResult(Now(query(Begin())));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    public void Dispose()
    {
        loop.Stop();
        connection.Dispose(); // its session, and what it has prepared, serves the next test
    }

    private void Drain()
    {
        while (waiting.TryDequeue(out var pending))
        {
            using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
            pending.Decide(Begin());
            loop.Tell(pending);
        }
    }

    private DirectTx Begin() => new(new(connection, statements, time.GetUtcNow()));

    private static T Now<T>(ValueTask<T> work) =>
        work.IsCompleted
            ? work.GetAwaiter().GetResult()
            : throw new InvalidOperationException("a decision awaited something other than its transaction");

    private abstract class Pending : IThreadPoolWorkItem
    {
        /// <summary>Commits what it decides.</summary>
        public abstract void Decide(DirectTx tx);

        public abstract void Execute();
    }

    private sealed class Pending<T>(Func<Tx, T> decide) : Pending
    {
        private readonly TaskCompletionSource<T> answer = new();
        private DirectTx? written;
        private Exception? refusal;
        private T? result;

        public Task<T> Answer => answer.Task;

        public override void Decide(DirectTx tx)
        {
            try
            {
                result = decide(tx);
                tx.Commit();
                written = tx;
            }
            catch (Exception e)
            {
                refusal = e;
            }
        }

        public override void Execute()
        {
            foreach (var hint in written?.Committed ?? [])
                hint();
            if (refusal is null)
                answer.SetResult(result!);
            else
                answer.SetException(refusal);
        }
    }

    /// <summary>A transaction that is waited for on this thread.</summary>
    private sealed class DirectTx(PostgresTx tx) : Tx
    {
        public IReadOnlyList<Action> Committed => tx.Committed;

        public override DateTimeOffset Now => tx.Now;

        public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
            where T : class => new(Wait(() => tx.FindAsync<T>(sql, args)));

        public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
            new(Wait(() => tx.ListAsync<T>(sql, args)));

        public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
            where T : default => new(Wait(() => tx.ScalarAsync<T>(sql, args)));

        public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
            new(Wait(() => tx.ExecuteAsync(sql, args)));

        public override void Send(string sql, object? args = null) => tx.Send(sql, args);

        public override void SendRows(string sql, IReadOnlyList<object> rows) => tx.SendRows(sql, rows);

        public override Asked<T> Ask<T>(string sql, object? args = null)
        {
            var asked = new Asked<T>(() => Task.CompletedTask);
            foreach (var row in Wait(() => tx.Ask<T>(sql, args).RowsAsync()))
                asked.Add(row);
            return asked;
        }

        public override void WaitBriefly() => tx.WaitBriefly();

        public override void OnCommitted(Action then) => tx.OnCommitted(then);

        /// <summary>Sends what still waits.</summary>
        public void Commit() =>
            Wait(async () =>
            {
                await tx.CommitAsync();
                return true;
            });

        private static T Wait<T>(Func<ValueTask<T>> statement)
        {
            var world = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                return statement().AsTask().GetAwaiter().GetResult();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(world);
            }
        }
    }
}
