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
    /// Runs a statement of which nobody asks what it changed, and which returns no rows. A store may hold it back until the next
    /// one that is asked for an answer, at the latest until the commit, and send them together, in their order.
    /// </summary>
    public abstract void Send(string sql, object? args = null);

    /// <summary>The same of an `INSERT … VALUES (…)`, for each of these rows, which are all of one type.</summary>
    public abstract void SendRows(string sql, IReadOnlyList<object> rows);

    /// <summary>Asks for rows that are needed later: what is asked for one after the other is answered together.</summary>
    public abstract Asked<T> Ask<T>(string sql, object? args = null);

    /// <summary>
    /// Until this transaction ends nobody else holds the lock of this name: `project/{id}` before `network/{id}` before
    /// `host/{id}`. A store with one writer has nothing to do here.
    /// </summary>
    public virtual ValueTask LockAsync(string name) => ValueTask.CompletedTask;

    /// <summary>
    /// From here on no statement waits for another transaction's lock for more than a moment: for a transaction that does more than one
    /// thing, and can do them one by one as well. A store with one writer has nothing to do here.
    /// </summary>
    /// <exception cref="ContendedException">Thrown where it would have waited.</exception>
    public virtual void WaitBriefly() { }

    /// <summary>
    /// Something to do once this transaction is on disk: a hint to a worker, never a needed effect
    /// (the process may die between the commit and this).
    /// </summary>
    public abstract void OnCommitted(Action then);
}

/// <summary>Rows that were asked for.</summary>
/// <param name="answers">Sends what was asked for; afterwards the rows are there.</param>
public sealed class Asked<T>(Func<Task> answers)
{
    private readonly List<T> rows = [];

    /// <summary>The store's: a row of the answer.</summary>
    public void Add(T row) => rows.Add(row);

    /// <summary>The rows, within the transaction they were asked for in.</summary>
    public async ValueTask<IReadOnlyList<T>> RowsAsync()
    {
        await answers();
        return rows;
    }
}

/// <summary>A transaction would have waited for another one, and does not want to: it is to be done in smaller ones.</summary>
public sealed class ContendedException(Exception cause) : Exception("another transaction holds a lock", cause);
