using System.Data;
using Dapper;
using Npgsql;
using Pipeline.Contracts;

namespace Pipeline.Data.Postgres;

/// <summary>PostgreSQL: a transaction each, READ COMMITTED with row locks; readers have a pool and snapshots of their own.</summary>
internal sealed class PostgresStore : IStore
{
    private readonly NpgsqlDataSource writers;
    private readonly NpgsqlDataSource readers;
    private readonly TimeProvider time;
    private readonly Retries retries;
    private readonly PostgresHints hints;
    private readonly PostgresStatements statements = new();

    private PostgresStore(NpgsqlConnectionStringBuilder settings, TimeProvider time, Randomness randomness)
    {
        this.time = time;
        retries = new(time, randomness);
        writers = NpgsqlDataSource.Create(settings);
        readers = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(settings.ConnectionString)
            {
                Options = $"{settings.Options} -c default_transaction_read_only=on",
            }
        );
        hints = new(writers, time);
    }

    public event Action<string> Notified
    {
        add => hints.Notified += value;
        remove => hints.Notified -= value;
    }

    public bool IsShared => true;

    public void Notify(string hint) => hints.Notify(hint);

    public static PostgresStore Open(string url, TimeProvider time, Randomness randomness)
    {
        Columns.Ensure();
        var store = new PostgresStore(PostgresUrl.Parse(url), time, randomness);
        try
        {
            store.Upgrade();
            return store;
        }
        catch (Exception e)
        {
            store.Dispose();
            if (PostgresErrors.IsOfTheServer(e))
                throw PostgresErrors.Unavailable(e);
            throw;
        }
    }

    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide) => retries.RunAsync(() => CommitAsync(decide));

    public Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query) => retries.RunAsync(() => LookAsync(query));

    public void Dispose()
    {
        hints.Dispose();
        writers.Dispose();
        readers.Dispose();
    }

    private async Task<T> CommitAsync<T>(Func<Tx, ValueTask<T>> decide)
    {
        await using var connection = await writers.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        var tx = new PostgresTx(connection, statements, time.GetUtcNow());
        var result = await DecideAsync(tx, decide);
        try
        {
            var started = time.GetTimestamp();
            await tx.CommitAsync();
            DataMetrics.Committed(time.GetElapsedTime(started));
        }
        catch (Exception e) when (PostgresErrors.IsOfTheServer(e))
        {
            throw PostgresErrors.Unavailable(e); // it may stand or not: never tried again here
        }
        foreach (var hint in tx.Committed)
            Give(hint);
        return result;
    }

    private async Task<T> LookAsync<T>(Func<Tx, ValueTask<T>> query)
    {
        await using var connection = await readers.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        var found = await DecideAsync(new(connection, statements, time.GetUtcNow()), query);
        await transaction.CommitAsync();
        return found;
    }

    private static async Task<T> DecideAsync<T>(PostgresTx tx, Func<Tx, ValueTask<T>> decide)
    {
        try
        {
            var result = await decide(tx);
            // A commit would quietly take everything back.
            return tx.Failure is null ? result : throw tx.Failure;
        }
        finally
        {
            tx.End();
        }
    }

    private static void Give(Action hint)
    {
        try
        {
            hint();
        }
        catch (Exception)
        {
            // A hint may be lost: whom it was for looks again by itself, and the commit stands.
        }
    }

    /// <summary>One functions host at a time, under a lock that ends with its session.</summary>
    private void Upgrade()
    {
        using var connection = writers.OpenConnection();
        connection.Execute("SELECT pg_advisory_lock(hashtextextended('pipeline schema', 0))");
        try
        {
            Schema.Apply(connection, PostgresDialect.Name, PostgresDialect.Definition, time.GetUtcNow());
        }
        finally
        {
            connection.Execute("SELECT pg_advisory_unlock(hashtextextended('pipeline schema', 0))");
        }
    }
}
