namespace Pipeline.Data;

/// <summary>
/// One transaction, or one snapshot to read from. All SQL goes through it; every statement may use `@now`.
/// It stands among the contracts because a service's query and claim interfaces take their caller's.
/// </summary>
public abstract class Tx
{
    /// <summary>The transaction's time, the same in every statement.</summary>
    public abstract DateTimeOffset Now { get; }

    public abstract ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class;

    public abstract ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null);

    /// <summary>The first column of the first row; default where there is none.</summary>
    public abstract ValueTask<T?> ScalarAsync<T>(string sql, object? args = null);

    /// <summary>Runs a statement; the number of rows it changed.</summary>
    public abstract ValueTask<int> ExecuteAsync(string sql, object? args = null);

    /// <summary>
    /// Until this transaction ends nobody else holds the lock of this name: `project/{id}` before `network/{id}` before
    /// `host/{id}`. A store with one writer has nothing to do here.
    /// </summary>
    public virtual ValueTask LockAsync(string name) => ValueTask.CompletedTask;

    /// <summary>
    /// Something to do once this transaction is on disk: a hint to a worker, never a needed effect
    /// (the process may die between the commit and this).
    /// </summary>
    public abstract void OnCommitted(Action then);
}
