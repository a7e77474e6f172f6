using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class ContinueAsNewTests
{
    [Theory, EachWorld]
    public Task A_generation_follows_another_and_their_histories_go(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Countdown(4), "down");
                var end = await world.EndOfAsync("down");
                Assert.Equal((InstanceStatus.Completed, "1"), (end.Status, end.CustomStatus));
                Assert.Equal(4, end.Output!.Trim('"').Split(' ').Distinct().Count());
                Assert.Equal(["1", "2", "3", "4"], await world.ThingsAsync());
                Assert.Equal(0, await world.CountAsync("history WHERE generation < 3"));
                Assert.Equal("Take", Assert.Single(end.Steps).Name);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task Its_caller_its_tags_and_its_resource_stay(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var tags = new Dictionary<string, string> { ["team"] = "blue" };
                await world.Store.WriteAsync(tx =>
                    world.Now.Client.StartAsync(tx, new Delegation(5), new StartOptions("it", Tags: tags))
                );
                await world.WhenAsync("counting", s => s.Generation > 0);
                var end = await world.EndOfAsync("it");
                Assert.Equal(5, end.Output!.Split(' ').Length);
                var counting = (await world.StateAsync("counting"))!;
                Assert.Equal(("it", "blue", 4), (counting.ParentId, counting.Tags["team"], counting.Generation));
                Assert.Equal(1, await world.CountAsync("resources WHERE resource = 'counter' AND epoch = 1"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public void A_countdown_killed_at_any_point_does_each_step_once()
    {
        var points = 0;
        Run.Simulated(1, world => TellAsync(world, null));
        Assert.True(points > 10);
        for (var n = 1; n <= points; n++)
            Run.Simulated(1, world => TellAsync(world, n));

        async Task TellAsync(World world, int? kill)
        {
            world.Start(f => _ = kill is { } nth ? f.KillAt(nth) : f);
            await world.Store.WriteAsync(tx =>
                world.Now.Client.StartAsync(tx, new Countdown(4), new StartOptions("down"))
            );
            if (kill is not null)
                await world.ReviveAsync();
            Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("down")).Status);
            Assert.Equal(["take 4", "take 3", "take 2", "take 1"], await world.DeedsAsync());
            Assert.Empty(await world.UnansweredAsync());
            points = kill is null ? world.Now.Faults.Passed.Count : points;
        }
    }

    [Theory, EachWorld]
    public Task Events_raised_while_it_continues_are_taken_once_and_in_order(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var other = kind == WorldKind.Threads ? world.Now : Beside(world);
                await world.OrderAsync(new Collect(20), "collect");
                for (var i = 0; i < 20; i++)
                {
                    var (through, event_) = (i % 2 == 0 ? world.Now : other, $"{i}");
                    await RaiseAsync(through, event_);
                    // The last one ends it, perhaps before it comes again.
                    var again = await Record.ExceptionAsync(() => RaiseAsync(through, event_));
                    Assert.True(again is null || i == 19 && again is Fault { Code: FaultCode.NotFound });
                }
                var expected = string.Join(' ', Enumerable.Range(0, 20));
                Assert.Equal($"\"{expected}\"", (await world.EndOfAsync("collect")).Output);
            }
        );

    [Fact]
    public void Letters_survive_kills_at_every_point_of_every_generation()
    {
        for (var nth = 1; nth <= 12; nth++)
            foreach (var point in new[] { EnginePoint.BeforeCommit, EnginePoint.AfterCommit })
                Run.Simulated(
                    nth,
                    async world =>
                    {
                        world.Start(f => f.KillAt(point, nameof(Collect), nth));
                        await StartAsync(world, new Collect(6), "collect");
                        // Through the store itself, as from another functions host, while the first one lives or is dead.
                        for (var i = 0; i < 6; i++)
                            await world.Store.WriteAsync(tx =>
                                world.Now.Client.RaiseEventAsync(tx, "collect", "letter", $"{i}", $"{i}")
                            );
                        await world.UntilAsync(async () => world.Now.Died.IsCompleted || await EndedAsync(world));
                        if (world.Now.Died.IsCompleted)
                            await world.ReviveAsync();
                        Assert.Equal("\"0 1 2 3 4 5\"", (await world.EndOfAsync("collect")).Output);
                        Assert.Empty(await world.UnansweredAsync());
                    }
                );
    }

    [Theory, EachWorld]
    public Task A_loop_that_awaits_nothing_is_held_back(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var began = world.Time.GetUtcNow();
                await world.OrderAsync(new Spin(5), "spin");
                await world.OrderAsync(new Spin(-1), "for-ever");
                await world.EndOfAsync("spin");
                Assert.True(world.Time.GetUtcNow() - began >= 5 * NextGeneration.Breath);
                await world.OrderAsync(new Chain(3), "chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                await world.CancelAsync("for-ever");
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("for-ever")).Status);
            }
        );

    [Theory, EachWorld]
    public Task What_the_old_generation_left_open_is_stopped_here_and_on_hosts(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var (stopped, told) = (new TaskCompletionSource(), new TaskCompletionSource());
                world.Oracle.On("slow", (_, ct) => ForEverAsync(stopped, ct));
                world.Host.Before = (order, ct) =>
                    order.Input.Contains("first") ? ForEverAsync(told, ct) : Task.CompletedTask;
                world.Start();
                await world.OrderAsync(new Restless(world.Host.Id), "restless");
                await world.UntilAsync(() =>
                    Task.FromResult(world.Oracle.Asked("slow") == 1 && world.Host.Orders.Count == 1)
                );
                await world.RaiseAsync("restless", "again", "", "1");
                var end = await world.EndOfAsync("restless");
                Assert.Equal("\"over\"", end.Output);
                await world.UntilAsync(() => Task.FromResult(stopped.Task.IsCompleted && told.Task.IsCompleted));
                Assert.Equal(["host: second"], await world.ThingsAsync());
                var epochs = world.Host.Orders.Select(o => o.Epoch).ToList();
                Assert.True(epochs[0] < epochs[^1], "what the host does late is turned away");
                await world.UntilAsync(async () => (await world.UnansweredAsync()).Count == 0);
            }
        );

    [Theory, EachWorld]
    public Task A_long_generation_goes_in_small_batches(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Verbose(600), "verbose");
                Assert.Equal("1", (await world.EndOfAsync("verbose")).Output);
                await world.UntilAsync(async () => await world.CountAsync("history WHERE generation = 0") == 0);
            }
        );

    [Fact]
    public Task The_deadline_counts_anew_and_a_cancel_still_ends_it() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Watch(TimeSpan.FromSeconds(20)), "watch");
                await world.WhenAsync("watch", s => int.Parse(s.CustomStatus ?? "0") > 5);
                await world.CancelAsync("watch");
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("watch")).Status);
                await world.OrderAsync(new Watch(TimeSpan.FromSeconds(40)), "late");
                Assert.Equal(FaultCode.Timeout, (await world.EndOfAsync("late")).Fault!.Code);
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public void A_cancel_at_any_moment_ends_an_endless_one()
    {
        for (var seed = 1; seed <= 60; seed++)
            Run.Simulated(
                seed,
                async world =>
                {
                    world.Start();
                    await world.OrderAsync(new Watch(TimeSpan.FromMilliseconds(1)), "down");
                    await Task.Delay(
                        TimeSpan.FromMilliseconds(world.Simulation!.Randomness.Next(30)),
                        world.Time,
                        CancellationToken.None
                    );
                    await world.CancelAsync("down");
                    Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("down")).Status);
                    Assert.Empty(await world.UnansweredAsync());
                }
            );
    }

    [Fact]
    public Task Another_orchestrations_input_is_refused() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Astray(), "astray");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("astray")).Status);
                Assert.Contains(world.Log.Errors, e => e.Contains("Spin is no input of Astray"));
            }
        );

    private static FunctionsHost Beside(World world)
    {
        world.Lease ??= TimeSpan.FromSeconds(2);
        return world.StartBeside();
    }

    private static async Task<string> ForEverAsync(TaskCompletionSource stopped, CancellationToken ct)
    {
        var end = new TaskCompletionSource();
        await using var cut = ct.Register(() => end.TrySetResult());
        await end.Task;
        stopped.TrySetResult();
        ct.ThrowIfCancellationRequested();
        return "";
    }

    private static async Task<bool> EndedAsync(World world) =>
        await world.StateAsync("collect") is { } state && InstanceStatus.IsTerminal(state.Status);

    private static Task RaiseAsync(FunctionsHost through, string letter) =>
        through.Db.WriteAsync(tx => through.Client.RaiseEventAsync(tx, "collect", "letter", letter, letter));

    private static Task StartAsync<T>(World world, IOrchestration<T> order, string id) =>
        world.Store.WriteAsync(tx => world.Now.Client.StartAsync(tx, order, new StartOptions(id)));
}
