using Npgsql;
using Pipeline.Data.Postgres;
using Pipeline.Testing.Edge;

namespace Pipeline.Testing;

/// <summary>Makes a used database what it was when its schema had just been made.</summary>
internal static class EmptyDatabase
{
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    /// <summary>What is there before anyone writes, and how to come back to it; it is copied with the database.</summary>
    private const string Remember = """
        CREATE SCHEMA testing;

        -- Changes with every table, column and constraint.
        CREATE FUNCTION testing.shape() RETURNS NUMERIC LANGUAGE sql AS $$
            SELECT (SELECT SUM(hashtextextended(attrelid::TEXT || attname || atttypid || attnotnull, 0)) FROM pg_attribute
                    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::REGNAMESPACE)
                + (SELECT SUM(hashtextextended(conname || convalidated, 0)) FROM pg_constraint
                    WHERE connamespace = 'public'::REGNAMESPACE)
        $$;
        CREATE TABLE testing.first_shape AS SELECT testing.shape() AS shape;
        CREATE TABLE testing.sequences AS
            SELECT oid::REGCLASS AS name, pg_sequence_last_value(oid) AS last, seqstart AS start
            FROM pg_class JOIN pg_sequence ON seqrelid = oid WHERE relnamespace = 'public'::REGNAMESPACE;
        CREATE TABLE testing.tables AS
            SELECT oid::REGCLASS AS name, NULL::REGCLASS AS rows FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::REGNAMESPACE;
        DO $$
        DECLARE filled REGCLASS; n INT := 0; has BOOLEAN;
        BEGIN
            FOR filled IN SELECT name FROM testing.tables LOOP
                EXECUTE format('SELECT EXISTS (SELECT FROM %s)', filled) INTO has;
                CONTINUE WHEN NOT has;
                n := n + 1;
                EXECUTE format('CREATE TABLE testing.rows%s AS TABLE %s', n, filled);
                UPDATE testing.tables SET rows = format('testing.rows%s', n)::REGCLASS WHERE name = filled;
            END LOOP;
        END $$;

        -- Small tables are emptied row by row: a TRUNCATE makes new files.
        CREATE FUNCTION testing.empty() RETURNS BOOLEAN LANGUAGE plpgsql AS $$
        DECLARE t RECORD;
        BEGIN
            SET LOCAL session_replication_role = replica; -- no foreign key is looked after meanwhile
            FOR t IN SELECT oid::REGCLASS AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::REGNAMESPACE
                AND oid NOT IN (SELECT name FROM testing.tables)
            LOOP
                EXECUTE format('DROP TABLE %s CASCADE', t.name);
            END LOOP;
            FOR t IN SELECT name, pg_relation_size(name) AS size FROM testing.tables WHERE pg_relation_size(name) > 0 LOOP
                EXECUTE format(CASE WHEN t.size > 262144 THEN 'TRUNCATE %s CASCADE' ELSE 'DELETE FROM %s' END, t.name);
            END LOOP;
            FOR t IN SELECT name, rows FROM testing.tables WHERE rows IS NOT NULL LOOP
                EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE TABLE %s', t.name, t.rows);
            END LOOP;
            PERFORM setval(name, COALESCE(last, start), last IS NOT NULL) FROM testing.sequences
                WHERE pg_sequence_last_value(name) IS DISTINCT FROM last;
            RETURN (SELECT shape = testing.shape() FROM testing.first_shape);
        END $$;
        """;

    public static async Task RememberAsync(string url)
    {
        await using var connection = await OpenAsync(url);
        await ExecuteAsync(connection, Remember);
    }

    /// <returns>False where somebody holds on to it, or its tables are not what they were.</returns>
    public static async Task<bool> IsAgainAsync(string url)
    {
        await using var connection = await OpenAsync(url);
        try
        {
            return await IsAloneAsync(connection) && await ExecuteAsync(connection, "SELECT testing.empty()") is true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    /// <summary>A session that was closed goes a moment later.</summary>
    private static async Task<bool> IsAloneAsync(NpgsqlConnection connection)
    {
        const string others =
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            + " AND backend_type = 'client backend')";
        var bound = MachineTime.Clock.GetUtcNow() + Parting;
        while (await ExecuteAsync(connection, others) is true)
        {
            if (MachineTime.Clock.GetUtcNow() > bound)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(5), MachineTime.Clock, CancellationToken.None);
        }
        return true;
    }

    private static async Task<NpgsqlConnection> OpenAsync(string url)
    {
        var connection = new NpgsqlConnection(PostgresUrl.Parse(url).ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
