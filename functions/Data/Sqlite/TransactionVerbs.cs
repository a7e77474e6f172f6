using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>The verbs of the writing connection's transactions, prepared once.</summary>
internal sealed class TransactionVerbs(SqliteConnection connection) : IDisposable
{
    private readonly Statement begin = new(connection, "BEGIN IMMEDIATE");
    private readonly Statement save = new(connection, "SAVEPOINT decision");
    private readonly Statement release = new(connection, "RELEASE decision");
    private readonly Statement undo = new(connection, "ROLLBACK TO decision");
    private readonly Statement commit = new(connection, "COMMIT");
    private readonly Statement rollback = new(connection, "ROLLBACK");

    public void Begin() => begin.Execute();

    public void Save() => save.Execute();

    public void Release() => release.Execute();

    /// <summary>Takes back what was done since <see cref="Save"/>.</summary>
    public void Undo()
    {
        undo.Execute();
        release.Execute();
    }

    public void Commit() => commit.Execute();

    /// <summary>Takes back the whole transaction, if SQLite has not done so already (as it does on a full disk).</summary>
    public void Abandon()
    {
        try
        {
            rollback.Execute();
        }
        catch (Exception)
        {
            // Mostly "no transaction is active"; a connection that is truly broken shows it at the next begin.
        }
    }

    public void Dispose()
    {
        foreach (var verb in new[] { begin, save, release, undo, commit, rollback })
            verb.Dispose();
    }
}
