using System.Data;
using Dapper;
using Npgsql;
using Pipeline.Data;
using Pipeline.Data.Postgres;

namespace Pipeline.Testing;

/// <summary>
/// PostgreSQL for a simulated world: each statement completes before it returns, writers are served in turns of the world's
/// commit loop, so that nothing ever leaves the world's thread.
/// </summary>
internal sealed class OneThreadStore : IStore
{
    private readonly Queue<Pending> waiting = new();
    private readonly NpgsqlConnection connection;
    private readonly TimeProvider time;
    private readonly ICommitLoop loop;

    public OneThreadStore(string url, TimeProvider time, ICommitLoop loop)
    {
        Database.Connect(url, time, Randomness.Seeded(1)).Dispose(); // brings the schema up to date
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
            return Task.FromResult(Now(query(new DirectTx(connection, time.GetUtcNow()))));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    public void Dispose()
    {
        loop.Stop();
        connection.Dispose();
        NpgsqlConnection.ClearPool(connection);
    }

    private void Drain()
    {
        while (waiting.TryDequeue(out var pending))
        {
            using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
            if (pending.Decide(new(connection, time.GetUtcNow())))
                transaction.Commit();
            loop.Tell(pending);
        }
    }

    private static T Now<T>(ValueTask<T> work) =>
        work.IsCompleted
            ? work.GetAwaiter().GetResult()
            : throw new InvalidOperationException("a decision awaited something other than its transaction");

    private abstract class Pending : IThreadPoolWorkItem
    {
        /// <returns>True when it is to be committed.</returns>
        public abstract bool Decide(DirectTx tx);

        public abstract void Execute();
    }

    private sealed class Pending<T>(Func<Tx, T> decide) : Pending
    {
        private readonly TaskCompletionSource<T> answer = new();
        private DirectTx? written;
        private Exception? refusal;
        private T? result;

        public Task<T> Answer => answer.Task;

        public override bool Decide(DirectTx tx)
        {
            try
            {
                result = decide(tx);
                written = tx;
                return true;
            }
            catch (Exception e)
            {
                refusal = e;
                return false;
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

    private sealed class DirectTx(NpgsqlConnection connection, DateTimeOffset now) : Tx
    {
        public List<Action> Committed { get; } = [];

        public override DateTimeOffset Now => now;

        public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
            where T : class => new(connection.QueryFirstOrDefault<T>(Command(sql, args)));

        public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
            new(connection.Query<T>(Command(sql, args)).AsList());

        public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
            where T : default => new(connection.ExecuteScalar<T>(Command(sql, args)));

        public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
            new(connection.Execute(Command(sql, args)));

        public override void OnCommitted(Action then) => Committed.Add(then);

        private CommandDefinition Command(string sql, object? args) =>
            new(PostgresDialect.Statement(sql), new PostgresArguments(new Arguments(args, now)));
    }
}
