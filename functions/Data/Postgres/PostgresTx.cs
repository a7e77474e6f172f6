using System.Data.Common;
using Npgsql;

namespace Pipeline.Data.Postgres;

/// <summary>
/// One transaction on a connection of its own. What needs no answer waits for the next statement that does, or for the commit, and
/// travels with it. After a statement that failed it can only be taken back.
/// </summary>
internal sealed class PostgresTx(NpgsqlConnection connection, PostgresStatements statements, DateTimeOffset now) : Tx
{
    private static readonly PostgresStatement Commit = new("COMMIT");
    private readonly List<(NpgsqlBatchCommand Command, Func<DbDataReader, Task>? Read)> waiting = [];
    private static readonly PostgresStatement Brief = new("SET LOCAL lock_timeout = '50ms'");
    private List<Action>? committed;
    private bool waitsBriefly;
    private volatile bool ended;

    public override DateTimeOffset Now => now;

    public IReadOnlyList<Action> Committed => committed ?? (IReadOnlyList<Action>)[];

    /// <summary>What a statement failed with, also when the decision went on regardless.</summary>
    public Exception? Failure { get; private set; }

    public override async ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => await ListAsync<T>(sql, args) is [var first, ..] ? first : null;

    public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        Ask<T>(sql, args).RowsAsync();

    public override async ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default
    {
        object? value = null;
        Add(
            statements[sql],
            args,
            async reader =>
            {
                if (await reader.ReadAsync())
                    value = reader.GetValue(0);
            }
        );
        await SendAllAsync();
        return value is T found ? found
            : value is null or DBNull ? default
            : (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), null);
    }

    public override async ValueTask<int> ExecuteAsync(string sql, object? args = null)
    {
        var command = Add(statements[sql], args, null);
        await SendAllAsync();
        return command.RecordsAffected;
    }

    public override void Send(string sql, object? args = null) => Add(statements[sql], args, null);

    public override void SendRows(string sql, IReadOnlyList<object> rows)
    {
        if (rows.Count > 0)
            Add(statements.OfMany(sql).CommandOfRows(rows, now), null);
    }

    public override Asked<T> Ask<T>(string sql, object? args = null)
    {
        var statement = statements[sql];
        var asked = new Asked<T>(SendAllAsync);
        Add(
            statement,
            args,
            async reader =>
            {
                var parse = statement.Parser(typeof(T), reader);
                while (await reader.ReadAsync())
                    asked.Add(parse(reader) is T row ? row : default!);
            }
        );
        return asked;
    }

    public override async ValueTask LockAsync(string name) =>
        await ScalarAsync<object>("SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))", new { name });

    public override void WaitBriefly()
    {
        if (!waitsBriefly)
            Add(Brief, null, null);
        waitsBriefly = true;
    }

    public override void OnCommitted(Action then) => (committed ??= []).Add(then);

    /// <summary>What still waits goes with the commit: one message, one answer.</summary>
    public async Task CommitAsync()
    {
        waiting.Add((Commit.Command(null, now), null));
        await SendAllAsync();
    }

    /// <summary>What still holds the transaction gets an error: the connection belongs to others now.</summary>
    public void End() => ended = true;

    private NpgsqlBatchCommand Add(PostgresStatement statement, object? args, Func<DbDataReader, Task>? read) =>
        Add(statement.Command(args, now), read);

    private NpgsqlBatchCommand Add(NpgsqlBatchCommand command, Func<DbDataReader, Task>? read)
    {
        if (ended)
            throw new InvalidOperationException("the transaction has ended");
        waiting.Add((command, read));
        return command;
    }

    private async Task SendAllAsync()
    {
        if (waiting.Count == 0)
            return;
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var (command, _) in waiting)
                batch.BatchCommands.Add(command);
            await using var reader = await batch.ExecuteReaderAsync();
            foreach (var (_, read) in waiting)
                if (read is not null)
                {
                    await read(reader);
                    await reader.NextResultAsync();
                }
            // Errors of what has no rows show when it is reached.
            while (await reader.NextResultAsync()) { }
        }
        catch (PostgresException e) when (waitsBriefly && e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            Failure ??= new ContendedException(e);
            throw Failure;
        }
        catch (Exception e)
        {
            Failure ??= e;
            throw;
        }
        finally
        {
            waiting.Clear();
        }
    }
}
