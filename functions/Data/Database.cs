using Pipeline.Data.Sqlite;

namespace Pipeline.Data;

/// <summary>The one seam to a cloud's state, used by every service and by the engine.</summary>
public sealed class Database : IDisposable
{
    private readonly SqliteStore store;

    private Database(SqliteStore store) => this.store = store;

    /// <summary>Opens (and, when new, makes) the SQLite file and brings its schema up to date.</summary>
    /// <param name="commits">Runs the group commit: a thread in production, the world's context in the simulation.</param>
    /// <exception cref="InvalidOperationException">A known schema file has changed since it was applied.</exception>
    public static Database Open(string path, TimeProvider time, ICommitLoop commits) =>
        new(SqliteStore.Open(path, time, commits));

    /// <summary>A database in memory, for worlds that live in one process and on one thread.</summary>
    public static Database InMemory(TimeProvider time, ICommitLoop commits) =>
        new(SqliteStore.Open(SqliteStore.Memory, time, commits));

    /// <summary>
    /// Decides and writes in one transaction; the result is there once it is on disk. <paramref name="decide"/> may be
    /// run again, awaits nothing but its transaction, and neither decodes, hashes nor ranks.
    /// </summary>
    /// <exception cref="Contracts.Fault">What the decision threw, and nothing written; Unavailable when the disk is full.</exception>
    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide) => store.WriteAsync(decide);

    public Task WriteAsync(Func<Tx, ValueTask> decide) =>
        store.WriteAsync(async tx =>
        {
            await decide(tx);
            return true;
        });

    /// <summary>Reads from one consistent snapshot.</summary>
    public Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query) => store.ReadAsync(query);

    public void Dispose() => store.Dispose();
}
