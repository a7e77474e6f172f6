using Dapper;
using Npgsql;

namespace Pipeline.Data.Postgres;

/// <summary>One transaction on a connection of its own. After a statement that failed it can only be taken back.</summary>
internal sealed class PostgresTx(NpgsqlConnection connection, DateTimeOffset now) : Tx
{
    private List<Action>? committed;
    private volatile bool ended;

    public override DateTimeOffset Now => now;

    public IReadOnlyList<Action> Committed => committed ?? (IReadOnlyList<Action>)[];

    /// <summary>What a statement failed with, also when the decision went on regardless.</summary>
    public Exception? Failure { get; private set; }

    public override async ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => await Noted(connection.QueryFirstOrDefaultAsync<T>(Command(sql, args)));

    public override async ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        (await Noted(connection.QueryAsync<T>(Command(sql, args)))).AsList();

    public override async ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default => await Noted(connection.ExecuteScalarAsync<T>(Command(sql, args)));

    public override async ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
        await Noted(connection.ExecuteAsync(Command(sql, args)));

    public override async ValueTask LockAsync(string name) =>
        await ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))", new { name });

    public override void OnCommitted(Action then) => (committed ??= []).Add(then);

    /// <summary>What still holds the transaction gets an error: the connection belongs to others now.</summary>
    public void End() => ended = true;

    private CommandDefinition Command(string sql, object? args) =>
        ended
            ? throw new InvalidOperationException("the transaction has ended")
            : new(PostgresDialect.Statement(sql), new PostgresArguments(new Arguments(args, now)));

    private async Task<T> Noted<T>(Task<T> statement)
    {
        try
        {
            return await statement;
        }
        catch (Exception e)
        {
            Failure ??= e;
            throw;
        }
    }
}
