using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Several functions hosts on one hub: simulated over many orders of events, and on PostgreSQL.</summary>
public sealed class SeveralHostsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(20); // as PostgresUrl asks for it
    private static readonly string[] Built = ["claim a", "port a", "host: disk a", "host: guest a", "host: net a"];

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task Each_runs_what_it_accepted_and_every_step_is_done_once(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                for (var i = 0; i < 20; i++)
                {
                    var through = i % 2 == 0 ? world.Now : other;
                    await StartAsync(through, new Build($"{i}", world.Host.Id), $"build{i}");
                }
                for (var i = 0; i < 20; i++)
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync($"build{i}")).Status);
                Assert.Equal(100, (await world.ThingsAsync()).Count);
                Assert.Equal(60, (await world.DeedsAsync()).Count);
                Assert.All([world.Now, other], host => Assert.NotEmpty(host.Faults.Passed));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task What_a_killed_host_left_goes_on_elsewhere_within_two_seconds_of_its_lease(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                await world.StopAsync();
                var dying = world.Start(f => f.KillAt(EnginePoint.AfterStep, nameof(Ensure), 2));
                await UntilLeasedAsync(world, dying);
                await StartAsync(dying, new Build("a", world.Host.Id), "build");
                await dying.Died;
                var died = world.Time.GetUtcNow();
                await world.KillAsync();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.InRange(world.Time.GetUtcNow() - died, TimeSpan.Zero, Lease + TimeSpan.FromSeconds(2));
                Assert.Equal(Built, await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
                Assert.NotEmpty(other.Faults.Passed);
            }
        );

    /// <summary>Its lease is forgotten after an hour; where nobody was there to take over meanwhile, its work is not.</summary>
    [Theory]
    [InlineData(WorldKind.Simulated, false)]
    [InlineData(WorldKind.Simulated, true)]
    [InlineData(WorldKind.Postgres, true)]
    public Task What_was_left_when_all_hosts_were_gone_for_long_goes_on_with_the_next(WorldKind kind, bool forgotten) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Lease = Lease;
                await UntilLeasedAsync(world, world.Start());
                await StartAsync(world.Now, new Letters(TimeSpan.FromHours(20)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                await world.KillAsync();
                if (forgotten)
                    await world.Store.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM functions_hosts"));
                else
                    await Task.Delay(TimeSpan.FromHours(5), world.Time, CancellationToken.None);
                await UntilLeasedAsync(world, world.Start());
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "b", "2");
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("letters")).Output);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task A_host_that_stops_hands_its_work_over_at_once(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                await StartAsync(world.Now, new Letters(TimeSpan.FromHours(20)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                var stopped = world.Time.GetUtcNow();
                await world.StopAsync();
                await other.Db.WriteAsync(tx => other.Client.RaiseEventAsync(tx, "letters", "letter", "a", "1"));
                await other.Db.WriteAsync(tx => other.Client.RaiseEventAsync(tx, "letters", "letter", "b", "2"));
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("letters")).Output);
                Assert.True(world.Time.GetUtcNow() - stopped < Lease);
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task News_that_reaches_another_host_wakes_the_owner_without_a_poll(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                await StartAsync(world.Now, new Letters(TimeSpan.FromHours(20)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                var raised = world.Time.GetUtcNow();
                await other.Db.WriteAsync(tx => other.Client.RaiseEventAsync(tx, "letters", "letter", "a", "1"));
                await other.Db.WriteAsync(tx => other.Client.RaiseEventAsync(tx, "letters", "letter", "b", "2"));
                await world.EndOfAsync("letters");
                Assert.True(world.Time.GetUtcNow() - raised < world.Options.Poll);
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task A_delete_through_another_host_supersedes_what_runs(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                await StartAsync(world.Now, new Build("a", world.Host.Id), "build");
                await other.Db.WriteAsync(tx =>
                    other.Client.StartAsync(tx, new Remove("a", world.Host.Id), new("remove", Supersede: true))
                );
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task A_timer_fires_once_however_many_hosts_there_are(WorldKind kind) =>
        InAsync(
            kind,
            async (world, other) =>
            {
                var third = world.StartBeside();
                for (var i = 0; i < 30; i++)
                    await StartAsync(
                        i % 3 == 0 ? world.Now
                            : i % 3 == 1 ? other
                            : third,
                        new Nap(TimeSpan.FromMilliseconds(200)),
                        $"nap{i}"
                    );
                for (var i = 0; i < 30; i++)
                    await world.EndOfAsync($"nap{i}");
                Assert.Equal(30, await world.CountAsync("history WHERE kind = 'TimerFired'"));
                Assert.Equal(30, await world.CountAsync("history WHERE kind = 'ExecutionCompleted'"));
            }
        );

    /// <summary>Turns that are ready at once go into one transaction, which waits for nobody's lock: then each goes alone.</summary>
    [Fact]
    public Task An_instance_that_another_transaction_holds_does_not_hold_up_those_beside_it() =>
        InAsync(
            WorldKind.Postgres,
            async (world, other) =>
            {
                string[] free = [.. Enumerable.Range(0, 3 * TurnsTogether.Most).Select(i => $"free{i}")];
                string[] all = [.. free, "held"]; // it is begun last, when the loops have turns enough to take some at once
                foreach (var id in all)
                    await StartAsync(world.Now, new Letters(TimeSpan.FromHours(20)), id);
                await world.UntilAsync(async () =>
                    await world.CountAsync("inbox WHERE kind = 'TimerFired'") == all.Length
                );
                var (holds, lets) = (new TaskCompletionSource(), new TaskCompletionSource());
                var holder = other.Db.WriteAsync(async tx =>
                {
                    // As who writes a child's end into its parent's inbox: not against new rows that name it.
                    await tx.ListAsync<string>("SELECT id FROM instances WHERE id = 'held' FOR NO KEY UPDATE");
                    holds.TrySetResult();
                    while (!lets.Task.IsCompleted) // the server ends who holds a transaction and says nothing
                        await tx.ScalarAsync<double?>("SELECT pg_sleep(0.1)");
                });
                await holds.Task;
                foreach (var letter in new[] { "a", "b" })
                    await world.Now.Db.WriteAsync(async tx =>
                    {
                        foreach (var id in all)
                            await world.Now.Client.RaiseEventAsync(tx, id, "letter", letter, letter);
                    });
                var raised = world.Time.GetUtcNow();
                foreach (var id in free)
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync(id)).Status);
                Assert.True(world.Time.GetUtcNow() - raised < LockTimeout);
                Assert.Equal(1, await world.CountAsync("instances WHERE completed_at IS NULL"));
                lets.SetResult();
                await holder;
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("held")).Output);
            }
        );

    /// <summary>Two functions hosts that have their leases.</summary>
    internal static Task InAsync(WorldKind kind, Func<World, FunctionsHost, Task> story) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Lease = Lease;
                world.Options = world.Options with { Poll = TimeSpan.FromMinutes(1) };
                await UntilLeasedAsync(world, world.Start());
                var other = world.StartBeside();
                await UntilLeasedAsync(world, other);
                await story(world, other);
            }
        );

    private static Task UntilLeasedAsync(World world, FunctionsHost host) =>
        world.UntilAsync(() => Task.FromResult(host.Parts.Owner is not null));

    private static Task StartAsync<T>(FunctionsHost host, IOrchestration<T> order, string id) =>
        host.Db.WriteAsync(tx => host.Client.StartAsync(tx, order, new(id, RequestId: "req-1")));
}
