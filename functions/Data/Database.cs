using Pipeline.Data.Postgres;
using Pipeline.Data.Sqlite;

namespace Pipeline.Data;

/// <summary>The one seam to a cloud's state, used by every service and by the engine.</summary>
public sealed class Database : IDisposable
{
    private readonly IStore store;
    private readonly bool owner;
    private volatile bool severed;

    private Database(IStore store, bool owner)
    {
        this.store = store;
        this.owner = owner;
    }

    /// <summary>Opens (and, when new, makes) the SQLite file and brings its schema up to date.</summary>
    /// <param name="commits">Runs the group commit: a thread in production, the world's context in the simulation.</param>
    /// <exception cref="InvalidOperationException">A known schema file has changed since it was applied.</exception>
    public static Database Open(string path, TimeProvider time, ICommitLoop commits) =>
        new(SqliteStore.Open(path, time, commits), owner: true);

    /// <summary>A database in memory, for worlds that live in one process and on one thread.</summary>
    public static Database InMemory(TimeProvider time, ICommitLoop commits) =>
        new(SqliteStore.Open(SqliteStore.Memory, time, commits), owner: true);

    /// <summary>Connects to a PostgreSQL database, which several functions hosts may share, and brings its schema up to date.</summary>
    /// <param name="url">`postgres://user@host:port/database`, or Npgsql's own `Key=Value;` form.</param>
    /// <param name="randomness">Spreads the tries of transactions that met each other.</param>
    /// <exception cref="InvalidOperationException">A known schema file has changed since it was applied.</exception>
    /// <exception cref="Contracts.Fault">BadRequest for a malformed URL; Unavailable when the server cannot be reached.</exception>
    public static Database Connect(string url, TimeProvider time, Randomness randomness) =>
        new(PostgresStore.Open(url, time, randomness), owner: true);

    /// <summary>The seam over a store of a test's own.</summary>
    internal static Database Over(IStore store) => new(store, owner: true);

    /// <summary>True where several functions hosts may share this store.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>
    /// Hints from every process that uses the store, this one included; "" after a silence in which some may have been lost.
    /// </summary>
    public event Action<string> Notified
    {
        add => store.Notified += value;
        remove => store.Notified -= value;
    }

    /// <summary>Gives a hint, a short line, to all of them. It may be lost: whoever needs it looks again by itself.</summary>
    public void Notify(string hint) => store.Notify(hint);

    /// <summary>
    /// Decides and writes in one transaction; the result is there once it is on disk. <paramref name="decide"/> may be
    /// run again, awaits nothing but its transaction, and neither decodes, hashes nor ranks.
    /// </summary>
    /// <exception cref="Contracts.Fault">What the decision threw, and nothing written; Unavailable when the disk is full.</exception>
    public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide) => store.WriteAsync(tx => decide(Living(tx)));

    public Task WriteAsync(Func<Tx, ValueTask> decide) =>
        store.WriteAsync(async tx =>
        {
            await decide(Living(tx));
            return true;
        });

    /// <summary>Reads from one consistent snapshot.</summary>
    public Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query) => store.ReadAsync(tx => query(Living(tx)));

    /// <summary>The same store under a facade of its own, for one process among several that share a world.</summary>
    public Database Attach() => new(store, owner: false);

    /// <summary>
    /// From now on this facade neither reads nor writes: its process is dead, the store lives on. What waits to be
    /// committed is refused; what is being committed at this moment may still land.
    /// </summary>
    public void Sever() => severed = true;

    public void Dispose()
    {
        if (owner)
            store.Dispose();
    }

    private Tx Living(Tx tx) => severed ? throw new ProcessDiedException() : tx;
}

/// <summary>A severed database was used: code of a process that a fault plan has killed. Never in production.</summary>
public sealed class ProcessDiedException() : Exception("the process died here, as the fault plan has it");
