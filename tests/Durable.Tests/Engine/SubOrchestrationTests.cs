using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class SubOrchestrationTests
{
    private static readonly Visit[] Three = [new("a"), new("b", "fail"), new("c")];

    [Theory, EachWorld]
    public Task A_called_orchestrations_end_is_its_callers_news(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Family(Three), "family");
                var end = await world.EndOfAsync("family");
                Assert.Equal("\"well, DiskFull, well\"", end.Output);
                Assert.Equal(["a", "c"], await world.ThingsAsync());
                Assert.Equal(["Visit", "Visit", "Visit"], end.Steps.Select(s => s.Name));
                var children = await world.Store.ReadAsync(tx => tx.ListChildrenAsync("family"));
                Assert.Equal(["family:0.0", "family:0.1", "family:0.2"], children.Select(c => c.Id).Order());
                Assert.All(children, c => Assert.Equal("req-1", c.RequestId));
                Assert.Equal("family", (await world.StateAsync("family:0.1"))!.ParentId);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_clash_of_ids_fails_the_call(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(1), "taken");
                await world.OrderAsync(new Family([new("a")], Id: "taken"), "family");
                Assert.Equal("\"Conflict\"", (await world.EndOfAsync("family")).Output);
                await world.OrderAsync(new Family([new("a"), new("b")], Id: "both"), "twice");
                Assert.Equal("\"well, Conflict\"", (await world.EndOfAsync("twice")).Output);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_cancel_reaches_the_children_which_undo(WorldKind kind) =>
        EndedByAsync(kind, "", (world, _) => world.CancelAsync("family"), InstanceStatus.Canceled);

    [Theory, EachWorld]
    public Task Who_ends_leaves_nobody_behind(WorldKind kind) =>
        EndedByAsync(kind, "leave", (world, _) => RaiseAsync(world), InstanceStatus.Completed);

    [Theory, EachWorld]
    public Task Who_continues_as_new_leaves_nobody_behind(WorldKind kind) =>
        EndedByAsync(kind, "continue", (world, _) => RaiseAsync(world), InstanceStatus.Completed);

    [Theory, EachWorld]
    public Task A_token_stops_one_call_which_ends_with_what_came_of_it(WorldKind kind) =>
        EndedByAsync(
            kind,
            "stop",
            async (world, _) =>
            {
                await RaiseAsync(world);
                Assert.Equal("\"Cancelled, Cancelled\"", (await world.EndOfAsync("family")).Output);
            },
            InstanceStatus.Completed
        );

    [Theory, EachWorld]
    public Task A_detached_child_goes_on(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Family([new("a", "wait")], "leave", "child", Detached: true), "family");
                await world.WhenAsync("child", s => s.Steps is [{ EndedAt: not null }]);
                await RaiseAsync(world);
                await world.EndOfAsync("family");
                await world.RaiseAsync("child", "go", "", "1");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("child")).Status);
                Assert.Equal(["a"], await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public void Killed_at_any_point_every_call_is_made_once_and_answered_once()
    {
        AtEveryPoint(
            new Family(Three),
            async world =>
            {
                Assert.Equal("\"well, DiskFull, well\"", (await world.EndOfAsync("it")).Output);
                Assert.Equal(["a", "c"], await world.ThingsAsync());
                Assert.Equal(3, (await world.Store.ReadAsync(tx => tx.ListChildrenAsync("it"))).Count);
            }
        );
    }

    [Fact]
    public void A_saga_within_a_saga_killed_at_any_point_stands_or_leaves_nothing()
    {
        AtEveryPoint(
            world => new House(world.Host.Id),
            async world =>
            {
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("it")).Status);
                Assert.Equal(["host: roof", "host: room", "host: walls"], await world.ThingsAsync());
            }
        );
        AtEveryPoint(
            world => new House(world.Host.Id, "fail"),
            async world =>
            {
                Assert.Equal(FaultCode.DiskFull, (await world.EndOfAsync("it")).Fault!.Code);
                Assert.Empty(await world.ThingsAsync());
            }
        );
    }

    [Theory, EachWorld]
    public Task A_cancelled_saga_waits_for_the_undo_of_the_one_it_called(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new House(world.Host.Id, "wait"), "house");
                await world.WhenAsync("house:0.1", s => s.Steps is [{ EndedAt: not null }]);
                await world.CancelAsync("house");
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("house")).Status);
                Assert.Equal(InstanceStatus.Canceled, (await world.StateAsync("house:0.1"))!.Status);
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
                // Each undo had a fence above all before it, or its host would have turned it away.
                var epochs = world.Host.Orders.Select(o => o.Epoch).ToList();
                Assert.Equal(epochs.Order(), epochs);
            }
        );

    [Theory, EachWorld]
    public Task A_resource_stays_locked_until_the_last_that_works_on_it_has_ended(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var gate = new TaskCompletionSource();
                world.Host.Before = (order, _) => order.Name == nameof(Destroy) ? gate.Task : Task.CompletedTask;
                world.Start();
                await world.OrderAsync(new Landlord(world.Host.Id, "leave"), "landlord");
                await world.WhenAsync("landlord:0.0", s => s.Steps is [{ EndedAt: not null }]);
                await world.RaiseAsync("landlord", "word", "", "1");
                await world.EndOfAsync("landlord");
                var busy = await Assert.ThrowsAsync<Fault>(() => world.OrderAsync(new House(world.Host.Id), "other"));
                Assert.Equal(FaultCode.Conflict, busy.Code);
                await world.OrderAsync(new House(world.Host.Id), "next", queue: true);
                gate.SetResult();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("next")).Status);
                Assert.Equal(InstanceStatus.Canceled, (await world.StateAsync("landlord:0.0"))!.Status);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData("two", "under its caller's lock already"), InlineData("detached", "cannot outlive")]
    public Task A_second_at_a_time_and_a_detached_one_under_the_same_lock_are_refused(string how, string why) =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Landlord(world.Host.Id, how), "landlord");
                Assert.Contains(why, (await world.EndOfAsync("landlord")).Output!.Replace("\\u0027", "'"));
                await world.EndOfAsync("landlord:0.0");
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, InlineData(WorldKind.Simulated), InlineData(WorldKind.Postgres)]
    public Task Caller_and_called_may_belong_to_different_hosts(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Lease = TimeSpan.FromSeconds(2);
                world.Options = world.Options with { Poll = TimeSpan.FromMinutes(10) };
                world.Start();
                await world.UntilAsync(() => Task.FromResult(world.Now.Parts.Owner is not null));
                var other = world.StartBeside();
                await world.UntilAsync(() => Task.FromResult(other.Parts.Owner is not null));
                await world.OrderAsync(new Family([new("a", "wait"), new("b", "wait")]), "family");
                await world.WhenAsync("family:0.0", s => s.Steps is [{ EndedAt: not null }]);
                await world.WhenAsync("family:0.1", s => s.Steps is [{ EndedAt: not null }]);
                await world.Store.WriteAsync(tx =>
                    tx.ExecuteAsync(
                        "UPDATE instances SET owner = @owner WHERE parent_id IS NOT NULL",
                        new { owner = other.Parts.Owner }
                    )
                );
                var before = world.Time.GetUtcNow();
                await world.RaiseAsync("family:0.0", "go", "", "1");
                await world.WhenAsync("family", s => s.Steps[0].EndedAt is not null);
                // The rest is done by the one that takes over.
                await world.KillAsync();
                await other.Db.WriteAsync(tx => other.Client.RaiseEventAsync(tx, "family:0.1", "go", "", "1"));
                Assert.Equal("\"well, well\"", (await world.EndOfAsync("family")).Output);
                Assert.True(world.Time.GetUtcNow() - before < TimeSpan.FromMinutes(1));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public Task A_caller_of_what_is_not_loaded_is_parked_and_calls_when_it_is() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start(code: TestCode.Without(typeof(VisitOrchestrator)));
                await world.OrderAsync(new Family([new("a")]), "family");
                var parked = await world.WhenAsync("family", s => s.Blocked is not null);
                Assert.Contains("no orchestrator for 'Visit'", parked.Blocked!.Reason);
                await world.StopAsync();
                world.Start();
                Assert.Equal("\"well\"", (await world.EndOfAsync("family")).Output);
            }
        );

    [Fact]
    public void A_cancel_at_any_moment_ends_all_and_leaves_nothing()
    {
        for (var seed = 1; seed <= 60; seed++)
            Run.Simulated(
                seed,
                async world =>
                {
                    world.Host.Before = (_, ct) => Task.Delay(TimeSpan.FromMilliseconds(7), world.Time, ct);
                    world.Start();
                    await world.OrderAsync(new House(world.Host.Id, seed % 2 == 0 ? "fail" : "wait"), "house");
                    var moment = TimeSpan.FromMilliseconds(world.Simulation!.Randomness.Next(25));
                    await Task.Delay(moment, world.Time, CancellationToken.None);
                    await world.CancelAsync("house");
                    Assert.True(InstanceStatus.IsTerminal((await world.EndOfAsync("house")).Status));
                    await world.UntilAsync(async () => (await world.UnansweredAsync()).Count == 0);
                    Assert.Empty(await world.ThingsAsync());
                    Assert.Equal(0, await world.CountAsync("instances WHERE completed_at IS NULL"));
                }
            );
    }

    /// <summary>Two children wait, and are ended with their caller: nothing of theirs is left.</summary>
    private static Task EndedByAsync(WorldKind kind, string how, Func<World, string, Task> end, string status) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Family([new("a", "wait"), new("b", "wait")], how), "family");
                foreach (var child in new[] { "family:0.0", "family:0.1" })
                    await world.WhenAsync(child, s => s.Steps is [{ EndedAt: not null }]);
                await end(world, "family");
                Assert.Equal(status, (await world.EndOfAsync("family")).Status);
                foreach (var child in new[] { "family:0.0", "family:0.1" })
                    Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync(child)).Status);
                Assert.Empty(await world.ThingsAsync());
                await world.UntilAsync(async () => (await world.UnansweredAsync()).Count == 0);
            }
        );

    private static Task RaiseAsync(World world) => world.RaiseAsync("family", "word", "", "1");

    private static void AtEveryPoint<T>(IOrchestration<T> order, Func<World, Task> check) =>
        AtEveryPoint(_ => order, check);

    private static void AtEveryPoint<T>(Func<World, IOrchestration<T>> order, Func<World, Task> check)
    {
        var points = 0;
        Run.Simulated(1, world => TellAsync(world, null));
        Assert.True(points > 10);
        for (var n = 1; n <= points; n++)
            Run.Simulated(1, world => TellAsync(world, n));

        async Task TellAsync(World world, int? kill)
        {
            world.Start(f => _ = kill is { } nth ? f.KillAt(nth) : f);
            await world.Store.WriteAsync(tx => world.Now.Client.StartAsync(tx, order(world), new StartOptions("it")));
            if (kill is not null)
                await world.ReviveAsync();
            await check(world);
            Assert.Empty(await world.UnansweredAsync());
            points = kill is null ? world.Now.Faults.Passed.Count : points;
        }
    }
}
