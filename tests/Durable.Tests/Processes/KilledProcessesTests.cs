using Pipeline.Data;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Store;
using Pipeline.Testing;
using Pipeline.Testing.Edge;

namespace Pipeline.Durable.Tests.Processes;

/// <summary>Real functions hosts, several on one PostgreSQL hub or one on a file, killed and stopped while they work.</summary>
public sealed class KilledProcessesTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(2);

    /// <summary>Starting a process and doing the work itself, on a busy machine.</summary>
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(20);
    private static readonly int Kills = Environment.GetEnvironmentVariable("PIPELINE_LONG") == "1" ? 200 : 10;
    private readonly List<FunctionsProcess> all = [];
    private PostgresDatabase postgres = null!;
    private Database db = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Url => $"{postgres.Url}?Options=-c%20idle_in_transaction_session_timeout%3D3s";

    public async ValueTask InitializeAsync()
    {
        postgres = await Postgres.NewAsync(alone: true);
        db = Database.Connect(postgres.Url, MachineTime.Clock, Randomness.Secure());
        await TestTables.MakeAsync(db);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in all)
            await process.DisposeAsync();
        db.Dispose();
        await postgres.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_host_that_is_killed_or_stands_still_loses_its_work_to_the_other_and_nothing_is_done_twice(
        bool paused
    )
    {
        var (first, other) = (await StartAsync("a"), await StartAsync("b"));
        var errands = Errands(60, "x");
        await first.OrderAsync(errands, Ct);
        await UntilAsync(async () => await TakenAsync() > 40, Work);
        if (paused)
            first.Pause();
        else
            await first.DisposeAsync();
        var taken = UntilAsync(
            async () => await CountAsync("instances WHERE owner LIKE 'a-%' AND completed_at IS NULL") == 0,
            Work
        );
        Assert.InRange(await GivenUntilAsync(taken), TimeSpan.Zero, Lease + Takeover);
        await AllEndWellAsync(errands);
        if (paused)
        {
            first.Resume();
            await UntilAsync(async () => await CountAsync("functions_hosts WHERE owner LIKE 'a-%/2'") == 1, Work);
            await first.OrderAsync(Errands(10, "again"), Ct);
            await AllEndWellAsync([.. errands, .. Errands(10, "again")]);
        }
        await other.OrderAsync(Errands(5, "last"), Ct);
        await UntilAsync(async () => await CountAsync("instances WHERE completed_at IS NULL") == 0, Work);
    }

    [Fact]
    public async Task Processes_killed_at_random_under_load_lose_nothing_and_do_nothing_twice()
    {
        var chance = Randomness.Seeded(7);
        var living = new[] { await StartAsync("p0"), await StartAsync("p1") };
        var ordered = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var victim = chance.Next(2);
            var errands = Errands(20, $"k{kill}");
            await living[kill % 2].OrderAsync(errands, Ct);
            ordered.AddRange(errands);
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(600)), MachineTime.Clock, Ct);
            await living[victim].DisposeAsync();
            living[victim] = await StartAsync($"q{kill}");
        }
        await AllEndWellAsync(ordered);
    }

    [Fact]
    public async Task A_process_alone_on_its_file_that_is_killed_at_random_loses_nothing_and_does_nothing_twice()
    {
        await using var store = await TestStore.NewAsync(StoreKind.Sqlite, MachineTime.Clock);
        await TestTables.MakeAsync(store.Db);
        var chance = Randomness.Seeded(8);
        var ordered = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var life = await FunctionsProcess.StartAsync(store.Path, $"s{kill}", Lease, Ct);
            var errands = Errands(20, $"k{kill}");
            await life.OrderAsync(errands, Ct);
            ordered.AddRange(errands);
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(600)), MachineTime.Clock, Ct);
        }
        await using var last = await FunctionsProcess.StartAsync(store.Path, "last", Lease, Ct);
        await AllEndWellAsync(store.Db, ordered);
    }

    private async Task<FunctionsProcess> StartAsync(string name)
    {
        var process = await FunctionsProcess.StartAsync(Url, name, Lease, Ct);
        all.Add(process);
        return process;
    }

    private Task AllEndWellAsync(IReadOnlyList<string> errands) => AllEndWellAsync(db, errands);

    private static async Task AllEndWellAsync(Database db, IReadOnlyList<string> errands)
    {
        await UntilAllEndedAsync(db, errands.Count);
        var ends = await db.ReadAsync(tx =>
            tx.ListAsync<string>("SELECT status || COALESCE(blocked, '') || COALESCE(fault, '') FROM instances")
        );
        Assert.All(ends, end => Assert.Equal(InstanceStatus.Completed, end));
        Assert.Equal(errands.Count * 4, await CountAsync(db, "things"));
        Assert.Equal(errands.Count * 4, await CountAsync(db, "deeds"));
        Assert.Equal(0, await CountAsync(db, "inbox") + await CountAsync(db, "tasks"));
    }

    /// <summary>However slow the machine is, something goes on all the time; else it says what stands still.</summary>
    private static async Task UntilAllEndedAsync(Database db, int count)
    {
        var (ended, moved) = (0L, 0L);
        for (var since = MachineTime.Clock.GetUtcNow(); ended < count; )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), MachineTime.Clock, Ct);
            ended = await CountAsync(db, "instances WHERE completed_at IS NOT NULL");
            var now = await CountAsync(db, "history");
            if (now > moved)
                (since, moved) = (MachineTime.Clock.GetUtcNow(), now);
            if (MachineTime.Clock.GetUtcNow() - since > Lease + Takeover + Work)
                Assert.Fail($"{ended} of {count} have ended, and nothing moves: {await LeftAsync(db)}");
        }
    }

    private static async Task<string> LeftAsync(Database db) =>
        string.Join(
            '\n',
            await db.ReadAsync(tx =>
                tx.ListAsync<string>(
                    """
                    SELECT id || ' ' || status || ' at ' || next_seq || ', ' || starts || ' deaths, ' || COALESCE(blocked, '')
                        || (SELECT COUNT(*) FROM tasks WHERE instance_id = instances.id) || ' steps, '
                        || (SELECT COUNT(*) FROM inbox WHERE instance_id = instances.id) || ' news'
                    FROM instances WHERE completed_at IS NULL ORDER BY id LIMIT 20
                    """
                )
            )
        );

    private static List<string> Errands(int count, string name) =>
        [.. Enumerable.Range(0, count).Select(i => $"{name}-{i}")];

    private Task<long> TakenAsync() => CountAsync("deeds");

    private Task<long> CountAsync(string from) => CountAsync(db, from);

    private static Task<long> CountAsync(Database db, string from) =>
        db.ReadAsync(async tx => await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {from}"));

    /// <summary>Time as the machine gave it to this process: a tick that comes late because others had the cores counts as one tick.</summary>
    private static async Task<TimeSpan> GivenUntilAsync(Task end)
    {
        var tick = TimeSpan.FromMilliseconds(50);
        var given = TimeSpan.Zero;
        for (; !end.IsCompleted; given += tick)
            await Task.Delay(tick, MachineTime.Clock, Ct);
        await end;
        return given;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        var bound = MachineTime.Clock.GetUtcNow() + within;
        while (!await condition())
        {
            Assert.True(MachineTime.Clock.GetUtcNow() < bound, "it did not come to that");
            await Task.Delay(TimeSpan.FromMilliseconds(20), MachineTime.Clock, Ct);
        }
    }
}
