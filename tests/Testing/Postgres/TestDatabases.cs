using Pipeline.Data;
using Pipeline.Data.Postgres;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing;

/// <summary>
/// The database of a test's world: SQLite, or, where `PIPELINE_STORE` is `postgres`, one of its own on a PostgreSQL that the
/// test process shares. So a suite runs on either store without knowing.
/// </summary>
public static class TestDatabases
{
    public static bool OnPostgres { get; } = Environment.GetEnvironmentVariable("PIPELINE_STORE") == "postgres";
    private static readonly PostgresDatabases Postgres = new();

    /// <summary>For worlds on real threads.</summary>
    /// <param name="path">Of the file, on SQLite.</param>
    public static Database Open(string path, TimeProvider time, ICommitLoop commits) =>
        OnPostgres ? OpenPostgres(time) : Database.Open(path, time, commits);

    public static Database OpenPostgres(TimeProvider time)
    {
        var database = New();
        return Database.Over(new OwnStore(PostgresStore.Open(database.Url, time, Randomness.Seeded(1)), database));
    }

    /// <summary>For worlds on one simulated thread.</summary>
    public static Database InMemory(TimeProvider time, ICommitLoop commits)
    {
        if (!OnPostgres)
            return Database.Over(SpareDatabase.Open(time, commits));
        var database = New();
        return Database.Over(new OwnStore(new OneThreadStore(database.Url, time, commits), database));
    }

    /// <summary>Waits off the world's context, which has this one thread.</summary>
    private static PostgresDatabase New()
    {
        var world = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Postgres.NewAsync().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(world);
        }
    }

    /// <summary>A store whose database goes with it.</summary>
    private sealed class OwnStore(IStore store, PostgresDatabase database) : IStore
    {
        public event Action<string> Notified
        {
            add => store.Notified += value;
            remove => store.Notified -= value;
        }

        public bool IsShared => store.IsShared;

        public void Notify(string hint) => store.Notify(hint);

        public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide) => store.WriteAsync(decide);

        public Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query) => store.ReadAsync(query);

        public void Dispose()
        {
            store.Dispose();
            var world = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
            SynchronizationContext.SetSynchronizationContext(world);
        }
    }
}
