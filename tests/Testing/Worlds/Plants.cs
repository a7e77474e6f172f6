using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Drivers;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>A mistake that can be put into a world, to show that it is found; nothing of it is in the product.</summary>
/// <param name="Within">So many seeds at most, from the first on, until one finds it.</param>
public sealed record Plant(string Name, int Within, Action<TestCloud> Put)
{
    /// <summary>The worlds it is looked for in.</summary>
    public Func<int, WorldPlan> Plan { get; init; } = WorldPlan.Draw;

    public static IReadOnlyList<Plant> All { get; } =
    [
        new("an undo is left out", 20, LeaveUndoOut),
        new("an undo is not idempotent", 20, UndoOnce),
        new("a commit is split in two", 20, SplitCommit),
        new("an epoch is not checked", 4, cloud => cloud.Rewrite = m => m with { Epoch = 1_000_000 })
        {
            Plan = seed => WorldPlan.Late(seed, DeedKind.BuildServerAndDeleteIt),
        },
        new("an epoch is not raised for the undo", 4, KeepEpoch)
        {
            Plan = seed => WorldPlan.Late(seed, DeedKind.BuildServer),
        },
        new("a lease is not renewed", 20, Statement(tx => new LeaseStays(tx))),
        new("usage is changed outside the transaction", 5, cloud => Late(cloud, "INSERT INTO usage")),
        new("an event is lost over continue-as-new", 20, Statement(tx => new MailLost(tx))),
        new("a message is acknowledged before its effect", 5, cloud => cloud.AcknowledgesEarly = true),
        new("a sweep reclaims what it does not know", 40, Statement(tx => new AllRemoved(tx))),
    ];

    public override string ToString() => Name;

    private static Action<TestCloud> Statement(Func<Tx, Tx> mistake) => cloud => cloud.Tamper = mistake;

    /// <summary>All that an orchestration sends bears the epoch of its first message.</summary>
    private static void KeepEpoch(TestCloud cloud)
    {
        var first = new Dictionary<string, long>();
        cloud.Rewrite = message =>
        {
            var instance = message.ActivityId.Split('/')[0];
            first.TryAdd(instance, message.Epoch);
            return message with { Epoch = first[instance] };
        };
    }

    /// <summary>A disk that has no image yet stays when its build is undone.</summary>
    private static void LeaveUndoOut(TestCloud cloud)
    {
        var disks = new Dictionary<(string, string), FakeDisk>();
        var done = cloud.Done;
        cloud.Done = (host, operation, id) =>
        {
            done(host, operation, id);
            if (operation == "EnsureDisk")
                disks[(host.Name, id)] = host.Metal.Disks[id];
            else if (operation == "WriteImage")
                disks.Remove((host.Name, id));
            else if (operation == "DeleteDisks" && disks.TryGetValue((host.Name, id), out var disk))
                host.Metal.Disks[id] = disk;
        };
    }

    /// <summary>A guest that is not there cannot be destroyed again.</summary>
    private static void UndoOnce(TestCloud cloud)
    {
        var guests = new HashSet<(string, string)>();
        var done = cloud.Done;
        cloud.Done = (host, operation, id) =>
        {
            done(host, operation, id);
            if (operation == "EnsureGuest")
                guests.Add((host.Name, id));
            else if (operation == "DestroyGuest" && !guests.Remove((host.Name, id)))
                throw Fault.NotFound($"there is no guest {id}");
        };
    }

    /// <summary>The steps that a turn asks for are written after the turn: not at all where the process dies in between.</summary>
    private static void SplitCommit(TestCloud cloud) => Late(cloud, "INSERT INTO tasks");

    private static void Late(TestCloud cloud, string statement) =>
        cloud.Tamper = tx => new SecondHalf(tx, cloud, statement);

    private sealed class SecondHalf(Tx tx, TestCloud cloud, string statement) : ChangedTx(tx)
    {
        public override ValueTask<int> ExecuteAsync(string sql, object? args = null)
        {
            if (!sql.StartsWith(statement, StringComparison.Ordinal))
                return base.ExecuteAsync(sql, args);
            WriteLater(sql, args);
            return new(1);
        }

        public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
            where T : default
        {
            if (!sql.StartsWith(statement, StringComparison.Ordinal))
                return base.ScalarAsync<T>(sql, args);
            WriteLater(sql, args);
            return new(default(T));
        }

        private void WriteLater(string sql, object? args)
        {
            var deaths = cloud.Deaths;
            OnCommitted(() =>
                _ = cloud.World.Start("the second half of a commit", () => WriteAsync(deaths, sql, args))
            );
        }

        private async Task WriteAsync(int deaths, string sql, object? args)
        {
            await cloud.PassAsync(TimeSpan.FromMilliseconds(10));
            if (cloud.Deaths == deaths)
                await cloud.Store.WriteAsync(async tx => await tx.ExecuteAsync(sql, args));
        }
    }

    private sealed class LeaseStays(Tx tx) : ChangedTx(tx)
    {
        public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
            sql.StartsWith("UPDATE functions_hosts SET lease_until = @clock + @length", StringComparison.Ordinal)
                ? new(1)
                : base.ExecuteAsync(sql, args);
    }

    private sealed class MailLost(Tx tx) : ChangedTx(tx)
    {
        public override ValueTask<int> ExecuteAsync(string sql, object? args = null) =>
            sql.StartsWith("DELETE FROM mailbox WHERE instance_id = @instance AND taken = 1", StringComparison.Ordinal)
                ? base.ExecuteAsync("DELETE FROM mailbox WHERE instance_id = @instance", args)
                : base.ExecuteAsync(sql, args);
    }

    private sealed class AllRemoved(Tx tx) : ChangedTx(tx)
    {
        private static readonly DateTimeOffset Long = new(2029, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null)
        {
            if (typeof(T) != typeof(Removal))
                return base.ListAsync<T>(sql, args);
            var ids = (IEnumerable<string>)args!.GetType().GetProperty("chunk")!.GetValue(args)!;
            return new([.. ids.Select(id => (T)(object)new Removal { Id = id, RemovedAt = Long })]);
        }
    }
}

/// <summary>A transaction of which some statements are not what they were.</summary>
internal abstract class ChangedTx(Tx tx) : Tx
{
    public override DateTimeOffset Now => tx.Now;

    public override ValueTask<T?> FindAsync<T>(string sql, object? args = null)
        where T : class => tx.FindAsync<T>(sql, args);

    public override ValueTask<IReadOnlyList<T>> ListAsync<T>(string sql, object? args = null) =>
        tx.ListAsync<T>(sql, args);

    public override ValueTask<T?> ScalarAsync<T>(string sql, object? args = null)
        where T : default => tx.ScalarAsync<T>(sql, args);

    public override ValueTask<int> ExecuteAsync(string sql, object? args = null) => tx.ExecuteAsync(sql, args);

    /// <summary>As any other statement: what is changed in those is changed in this.</summary>
    public override void Send(string sql, object? args = null) =>
        ExecuteAsync(sql, args).AsTask().GetAwaiter().GetResult();

    public override void SendRows(string sql, IReadOnlyList<object> rows)
    {
        foreach (var row in rows)
            Send(sql, row);
    }

    public override Asked<T> Ask<T>(string sql, object? args = null) => tx.Ask<T>(sql, args);

    public override ValueTask LockAsync(string name) => tx.LockAsync(name);

    public override void OnCommitted(Action then) => tx.OnCommitted(then);
}
