using Dapper;
using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>Each call completes before it returns, so that a decision never waits inside the group commit.</summary>
internal sealed class SqliteTx(SqliteConnection connection, DateTimeOffset now) : Tx
{
    private List<Action>? committed;
    private volatile bool ended;

    public override DateTimeOffset Now => now;

    public IReadOnlyList<Action> Committed => committed ?? (IReadOnlyList<Action>)[];

    public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => new(Open.QueryFirstOrDefault<T>(sql, With(args)));

    public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        new((IReadOnlyList<T>)Open.Query<T>(sql, With(args)).AsList());

    public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default => new(Open.ExecuteScalar<T>(sql, With(args)));

    public override ValueTask<int> ExecuteAsync(string sql, object? args = null) => new(Open.Execute(sql, With(args)));

    public override void OnCommitted(Action then) => (committed ??= []).Add(then);

    /// <summary>What still holds the transaction gets an error: the connection belongs to others now.</summary>
    public void End() => ended = true;

    public static InvalidOperationException Waited() => new("a decision awaited something other than its transaction");

    private SqliteConnection Open => ended ? throw Waited() : connection;

    private Arguments With(object? args) => new(args, now);
}
