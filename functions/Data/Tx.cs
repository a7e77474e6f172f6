using System.Data.Common;
using Dapper;

namespace Pipeline.Data;

/// <summary>
/// One transaction, or one snapshot to read from. All SQL goes through it; every statement may use `@now`.
/// On SQLite each call completes before it returns, so that a decision never waits inside the group commit.
/// </summary>
public sealed class Tx
{
    private readonly DbConnection connection;
    private List<Action>? committed;

    internal Tx(DbConnection connection, DateTimeOffset now)
    {
        this.connection = connection;
        Now = now;
    }

    /// <summary>The transaction's time, the same in every statement.</summary>
    public DateTimeOffset Now { get; }

    internal IReadOnlyList<Action> Committed => committed ?? (IReadOnlyList<Action>)[];

    public ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => new(connection.QueryFirstOrDefault<T>(sql, With(args)));

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        new((IReadOnlyList<T>)connection.Query<T>(sql, With(args)).AsList());

    /// <summary>The first column of the first row; default where there is none.</summary>
    public ValueTask<T?> ScalarAsync<T>(string sql, object? args = null) =>
        new(connection.ExecuteScalar<T>(sql, With(args)));

    /// <summary>Runs a statement; the number of rows it changed.</summary>
    public ValueTask<int> ExecuteAsync(string sql, object? args = null) => new(connection.Execute(sql, With(args)));

    /// <summary>
    /// Something to do once this transaction is on disk: a hint to a worker, never a needed effect
    /// (the process may die between the commit and this).
    /// </summary>
    public void OnCommitted(Action then) => (committed ??= []).Add(then);

    private DynamicParameters With(object? args)
    {
        var parameters = new DynamicParameters(args);
        parameters.Add("now", Now);
        return parameters;
    }
}
