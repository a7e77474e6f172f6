using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>The verbs of the writing connection's transactions, prepared once.</summary>
internal sealed class TransactionVerbs(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand begin = Prepare(connection, "BEGIN IMMEDIATE");
    private readonly SqliteCommand save = Prepare(connection, "SAVEPOINT decision");
    private readonly SqliteCommand release = Prepare(connection, "RELEASE decision");
    private readonly SqliteCommand undo = Prepare(connection, "ROLLBACK TO decision");
    private readonly SqliteCommand commit = Prepare(connection, "COMMIT");
    private readonly SqliteCommand rollback = Prepare(connection, "ROLLBACK");

    public void Begin() => begin.ExecuteNonQuery();

    public void Save() => save.ExecuteNonQuery();

    public void Release() => release.ExecuteNonQuery();

    /// <summary>Takes back what was done since <see cref="Save"/>.</summary>
    public void Undo()
    {
        undo.ExecuteNonQuery();
        release.ExecuteNonQuery();
    }

    public void Commit() => commit.ExecuteNonQuery();

    /// <summary>Takes back the whole transaction, if SQLite has not done so already (as it does on a full disk).</summary>
    public void Abandon()
    {
        try
        {
            rollback.ExecuteNonQuery();
        }
        catch (Exception)
        {
            // Mostly "no transaction is active"; a connection that is truly broken shows it at the next begin.
        }
    }

    public void Dispose()
    {
        foreach (var command in new[] { begin, save, release, undo, commit, rollback })
            command.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Prepare();
        return command;
    }
}
