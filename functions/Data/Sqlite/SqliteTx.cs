using Dapper;
using Microsoft.Data.Sqlite;

namespace Pipeline.Data.Sqlite;

/// <summary>Each call completes before it returns, so that a decision never waits inside the group commit.</summary>
internal sealed class SqliteTx(SqliteConnection connection, DateTimeOffset now) : Tx
{
    private List<Action>? committed;

    public override DateTimeOffset Now => now;

    public IReadOnlyList<Action> Committed => committed ?? (IReadOnlyList<Action>)[];

    public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => new(connection.QueryFirstOrDefault<T>(sql, With(args)));

    public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        new((IReadOnlyList<T>)connection.Query<T>(sql, With(args)).AsList());

    public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default => new(connection.ExecuteScalar<T>(sql, With(args)));

    public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
        new(connection.Execute(sql, With(args)));

    public override void OnCommitted(Action then) => (committed ??= []).Add(then);

    private DynamicParameters With(object? args)
    {
        var parameters = new DynamicParameters(args);
        parameters.Add("now", now);
        return parameters;
    }
}
