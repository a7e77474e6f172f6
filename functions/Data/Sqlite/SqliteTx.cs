namespace Pipeline.Data.Sqlite;

/// <summary>Each call completes before it returns, so that a decision never waits inside the group commit.</summary>
internal sealed class SqliteTx(Statements statements, DateTimeOffset now) : Tx
{
    private List<Action>? committed;
    private volatile bool ended;

    public override DateTimeOffset Now => now;

    public IReadOnlyList<Action> Committed => committed ?? (IReadOnlyList<Action>)[];

    public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => new(Open[sql].List<T>(args, now, most: 1) is [var found] ? found : null);

    public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        new(Open[sql].List<T>(args, now));

    public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default => new(Open[sql].Scalar<T>(args, now));

    public override ValueTask<int> ExecuteAsync(string sql, object? args = null) => new(Open[sql].Execute(args, now));

    public override void Send(string sql, object? args = null) => Open[sql].Execute(args, now);

    public override void SendRows(string sql, IReadOnlyList<object> rows)
    {
        var statement = Open[sql];
        foreach (var row in rows)
            statement.Execute(row, now);
    }

    public override Asked<T> Ask<T>(string sql, object? args = null)
    {
        var asked = new Asked<T>(() => Task.CompletedTask);
        Open[sql].List<T>(args, now).ForEach(asked.Add);
        return asked;
    }

    public override void OnCommitted(Action then) => (committed ??= []).Add(then);

    /// <summary>What still holds the transaction gets an error: the connection belongs to others now.</summary>
    public void End() => ended = true;

    public static InvalidOperationException Waited() => new("a decision awaited something other than its transaction");

    private Statements Open => ended ? throw Waited() : statements;
}
