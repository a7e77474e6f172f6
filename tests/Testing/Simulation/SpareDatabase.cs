using System.Collections.Concurrent;
using Dapper;
using Microsoft.Data.Sqlite;
using Pipeline.Data;
using Pipeline.Data.Sqlite;

namespace Pipeline.Testing.Simulation;

/// <summary>
/// A database in memory that worlds have one after the other: what a world leaves is deleted, its tables and prepared statements stay.
/// To make and to prepare them would be a tenth of a world's work.
/// </summary>
internal sealed class SpareDatabase : IDisposable
{
    /// <summary>Of many worlds, of which each may have clocks, and so statements, of its own.</summary>
    private const int MostStatements = 2_000;

    /// <summary>What runs is looked for after most commits (<see cref="Worlds.Soundness"/>).</summary>
    private const string Running =
        "CREATE INDEX world_running ON instances (id, generation, resource, shares_lock) WHERE completed_at IS NULL";
    private const string Everything = "SELECT COUNT(*) FROM sqlite_master";
    private static readonly ConcurrentBag<SpareDatabase> Spare = [];

    private readonly SqliteConnection connection;
    private readonly Statements statements;
    private readonly List<string> cleaning = ["DELETE FROM sqlite_sequence"];
    private readonly long things;

    private SpareDatabase(DateTimeOffset now)
    {
        connection = SqliteStore.Make(SqliteStore.Memory, now);
        statements = new(connection, MostStatements);
        connection.Execute(Running);
        var tables = connection.Query<string>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('schema_version', 'sqlite_sequence') ORDER BY rowid"
        );
        foreach (var table in tables)
            Clean(table);
        things = connection.ExecuteScalar<long>(Everything);
    }

    public static IStore Open(TimeProvider time, ICommitLoop commits) =>
        new Lent(Spare.TryTake(out var spare) ? spare : new(time.GetUtcNow()), time, commits);

    public void Dispose()
    {
        statements.Dispose();
        connection.Dispose();
    }

    /// <summary>Later tables go first, since they refer to earlier ones; what the schema itself puts in comes back.</summary>
    private void Clean(string table)
    {
        cleaning.Insert(0, $"DELETE FROM {table}");
        if (connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}") == 0)
            return;
        connection.Execute($"CREATE TEMP TABLE first_{table} AS SELECT * FROM {table}");
        cleaning.Add($"INSERT INTO {table} SELECT * FROM first_{table}");
    }

    /// <summary>False where it is no longer as it was made: a world has added tables, or ended within a transaction.</summary>
    private bool TryClean()
    {
        try
        {
            if (statements[Everything].Scalar<long>(null, default) != things)
                return false;
            statements["BEGIN"].Execute();
            cleaning.ForEach(sql => statements[sql].Execute());
            statements["COMMIT"].Execute();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private sealed class Lent(SpareDatabase database, TimeProvider time, ICommitLoop commits) : IStore
    {
        private readonly SqliteStore store = SqliteStore.Over(database.connection, database.statements, time, commits);
        private bool returned;

        public event Action<string> Notified
        {
            add => store.Notified += value;
            remove => store.Notified -= value;
        }

        public bool IsShared => store.IsShared;

        public void Notify(string hint) => store.Notify(hint);

        public Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide) => store.WriteAsync(decide);

        public Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query) =>
            returned ? throw new ObjectDisposedException(nameof(Database)) : store.ReadAsync(query);

        public void Dispose()
        {
            if (returned)
                return;
            returned = true;
            store.Dispose();
            if (database.TryClean())
                Spare.Add(database);
            else
                database.Dispose();
        }
    }
}
