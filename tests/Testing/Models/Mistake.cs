using Pipeline.Data;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Worlds;

namespace Pipeline.Testing.Models;

/// <summary>A mistake that can be put into a cloud, to show that calls find it; nothing of it is in the product.</summary>
/// <param name="Within">So many steps at most until a call finds it.</param>
public sealed record Mistake(string Name, int Within, Action<TestCloud> Put)
{
    /// <summary>The sequence in which it is found.</summary>
    public int Seed { get; init; } = 1;

    public static IReadOnlyList<Mistake> All { get; } =
    [
        new("a port is not counted", 100, Changed(tx => new NotCounted(tx, "port"))),
        new("a server is not counted", 150, Changed(tx => new NotCounted(tx, "instances"))),
        Instead("what is deleted is counted on", 100, "SET used = used - @amount", "SET used = used - 0 * @amount"),
        Instead("a limit is not looked at", 150, "FROM limits WHERE", "FROM limits WHERE 1 = 0 AND"),
        Instead("another project's network is shown", 100, "up, shared, external", "up, 1 AS shared, external"),
        Instead("a list of servers leaves its filter out", 150, Mine, "WHERE 1 = 1", "FROM servers"),
        Instead("a list of key pairs leaves its filter out", 300, "WHERE user_id = @user AND name >", "WHERE name >"),
        Instead("a list of images leaves its filter out", 100, Mine, "WHERE 1 = 1", "FROM images"),
        Instead(
            "a rule that was deleted stays",
            100,
            "FROM security_group_rules WHERE id = @id",
            "FROM security_group_rules WHERE 1 = 0",
            "DELETE"
        ),
        Instead("an overlap is not seen", 350, "first_address <= @Last AND last_address >= @First", "1 = 0") with
        {
            Seed = 2,
        },
        Instead("a token outlives its role", 250, "@Revokes, @keptUntil", "0, @keptUntil") with
        {
            Seed = 34,
        },
        .. OfStorage,
    ];

    private static IEnumerable<Mistake> OfStorage =>
        [
            new("a volume is not counted", 150, Changed(tx => new NotCounted(tx, "volumes"))),
            new("gigabytes are not given back", 100, Changed(tx => new NotReleased(tx, "gigabytes"))) { Seed = 9 },
            new("gigabytes are counted twice", 150, Changed(tx => new CountedTwice(tx, "gigabytes"))),
            Instead("a snapshot is larger than its volume", 200, "@SizeGib,", "@SizeGib + 1,", "INTO volume_snapshots"),
            Instead("a list of volumes leaves its filter out", 150, Mine, "WHERE 1 = 1", "FROM volumes"),
            Instead("a list of snapshots leaves its filter out", 200, Mine, "WHERE 1 = 1", "FROM volume_snapshots"),
            Instead("a list of backups leaves its filter out", 200, Mine, "WHERE 1 = 1", "FROM volume_backups"),
            Instead(
                "what grows stays as it is",
                150,
                "size_gib = @SizeGib",
                "size_gib = size_gib",
                "UPDATE volumes"
            ) with
            {
                Seed = 3,
            },
            Instead("a volume goes before its snapshots", 300, "WHERE volume_id = @volume", "WHERE 1 = 0", Snapshots),
            Instead("a private type is everybody's", 100, "(is_public = 1 OR", "(1 = 1 OR", "FROM volume_types") with
            {
                Seed = 12,
            },
            Instead(
                "an offer outlives its end",
                400,
                "WHERE volume_id",
                "WHERE 1 = 0 AND volume_id",
                "FROM volume_transfers"
            ),
            Instead("snapshots stay behind", 300, "project_id = @project,", "", "UPDATE volume_snapshots") with
            {
                Seed = 13,
            },
            Instead("a backup stands on the oldest", 200, "ORDER BY data_at DESC", "ORDER BY data_at") with
            {
                Seed = 13,
            },
        ];

    private const string Snapshots = "FROM volume_snapshots";

    private const string Mine = "WHERE project_id = @project";

    public override string ToString() => Name;

    private static Action<TestCloud> Changed(Func<Tx, Tx> mistake) => cloud => cloud.Tamper = mistake;

    /// <param name="of">Only in statements that say this, too.</param>
    private static Mistake Instead(string name, int within, string due, string put, string of = "") =>
        new(
            name,
            within,
            Changed(tx => new OtherWords(
                tx,
                sql => sql.Contains(of, StringComparison.Ordinal) ? sql.Replace(due, put) : sql
            ))
        );

    /// <summary>A resource is taken without being counted, and given back all the same.</summary>
    private sealed class NotCounted(Tx tx, string resource) : ChangedTx(tx)
    {
        public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
            where T : default =>
            sql.StartsWith("INSERT INTO usage", StringComparison.Ordinal) && Of(args) == resource
                ? new(default(T))
                : base.ScalarAsync<T>(sql, args);
    }

    /// <summary>A resource is not given back.</summary>
    private sealed class NotReleased(Tx tx, string resource) : ChangedTx(tx)
    {
        public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
            sql.StartsWith("UPDATE usage", StringComparison.Ordinal) && Of(args) == resource
                ? new(1)
                : base.ExecuteAsync(sql, args);
    }

    /// <summary>A resource counts for twice of what is taken.</summary>
    private sealed class CountedTwice(Tx tx, string resource) : ChangedTx(tx)
    {
        public override async ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
            where T : default
        {
            if (sql.StartsWith("INSERT INTO usage", StringComparison.Ordinal) && Of(args) == resource)
                await base.ScalarAsync<T>(sql, args);
            return await base.ScalarAsync<T>(sql, args);
        }
    }

    /// <summary>The resource that a statement about usage is of.</summary>
    private static string? Of(object? args) =>
        (args?.GetType().GetProperty("Resource") ?? args?.GetType().GetProperty("resource"))?.GetValue(args) as string;

    /// <summary>A statement says something else.</summary>
    private sealed class OtherWords(Tx tx, Func<string, string> change) : ChangedTx(tx)
    {
        public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
            where T : class => base.FindAsync<T>(change(sql), args);

        public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
            base.ListAsync<T>(change(sql), args);

        public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
            where T : default => base.ScalarAsync<T>(change(sql), args);

        public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
            base.ExecuteAsync(change(sql), args);

        public override Asked<T> Ask<T>(string sql, object? args = null) => base.Ask<T>(change(sql), args);
    }
}
