using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class StartOptionsTests
{
    [Theory, EachWorld]
    public Task A_scheduled_one_begins_at_its_time_and_its_deadline_counts_from_then(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var at = world.Time.GetUtcNow() + TimeSpan.FromSeconds(1);
                await StartAsync(world, new Nap(TimeSpan.FromMilliseconds(1)), new("nap", StartAt: at));
                var before = (await world.StateAsync("nap"))!;
                Assert.Equal(InstanceStatus.Pending, before.Status);
                Assert.Equal(at.ToUnixTimeMilliseconds(), before.StartAt!.Value.ToUnixTimeMilliseconds());
                await world.EndOfAsync("nap");
                Assert.True(world.Time.GetUtcNow() >= at);
                var length = await world.Store.ReadAsync(async tx =>
                    await tx.ScalarAsync<long>("SELECT deadline_at - start_at FROM instances WHERE id = 'nap'")
                );
                Assert.Equal(TimeSpan.FromDays(400), TimeSpan.FromMicroseconds(length));
            }
        );

    [Theory, EachWorld]
    public Task A_scheduled_one_that_is_cancelled_ends_at_once_and_does_nothing(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var at = world.Time.GetUtcNow() + TimeSpan.FromDays(90);
                await StartAsync(world, new Chain(2), new("chain", StartAt: at));
                await StartAsync(world, new Visit("a"), new("visit", StartAt: at));
                foreach (var id in new[] { "chain", "visit" })
                {
                    await world.CancelAsync(id);
                    Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync(id)).Status);
                }
                Assert.Empty(await world.DeedsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_scheduled_one_survives_its_process_and_holds_its_resource(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var at = world.Time.GetUtcNow() + TimeSpan.FromMilliseconds(700);
                await StartAsync(world, new Countdown(1), new("first", StartAt: at));
                await StartAsync(world, new Restless(world.Host.Id, Again: true), new("other"));
                await Assert.ThrowsAsync<Fault>(() => StartAsync(world, new Countdown(1), new("second")));
                await world.KillAsync();
                world.Start();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("first")).Status);
                Assert.True(world.Time.GetUtcNow() >= at);
                Assert.Equal(["take 1"], await world.DeedsAsync());
            }
        );

    [Theory, EachWorld]
    public Task Tags_are_given_back_and_handed_on(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var tags = new Dictionary<string, string> { ["team"] = "blue", ["größe"] = "\"L\"" };
                await StartAsync(world, new Family([new("a")]), new("family", Tags: tags));
                await world.EndOfAsync("family");
                foreach (var id in new[] { "family", "family:0.0" })
                    Assert.Equal(tags, (await world.StateAsync(id))!.Tags);
                await world.OrderAsync(new Chain(1), "plain");
                Assert.Empty((await world.EndOfAsync("plain")).Tags);
            }
        );

    [Theory, EachWorld]
    public Task An_id_that_exists_is_a_conflict_or_the_same_order(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await StartAsync(world, new Letters(TimeSpan.FromHours(1)), new("it"));
                foreach (var reuse in new[] { IdReuse.Fail, IdReuse.ReplaceIfTerminal })
                {
                    var fault = await Assert.ThrowsAsync<Fault>(() =>
                        StartAsync(world, new Chain(1), new("it", IfExists: reuse))
                    );
                    Assert.Equal(FaultCode.Conflict, fault.Code);
                }
                Assert.False(await StartAsync(world, new Chain(1), new("it", IfExists: IdReuse.ReturnExisting)));
                Assert.Equal("Letters", (await world.StateAsync("it"))!.Name);
                await world.CancelAsync("it");
                await world.EndOfAsync("it");
                Assert.False(await StartAsync(world, new Chain(1), new("it", IfExists: IdReuse.ReturnExisting)));
                Assert.True(await StartAsync(world, new Chain(1), new("new", IfExists: IdReuse.ReturnExisting)));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("new")).Status);
            }
        );

    [Theory, EachWorld]
    public Task One_that_has_ended_is_replaced_and_takes_nothing_over(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                var reuse = new StartOptions("it", IfExists: IdReuse.ReplaceIfTerminal);
                await StartAsync(world, new Build("a", world.Host.Id), reuse);
                await world.EndOfAsync("it");
                var first = world.Host.Orders.Count;
                await StartAsync(world, new Remove("a", world.Host.Id), new("gone"));
                await world.EndOfAsync("gone");
                await StartAsync(world, new Build("a", world.Host.Id), reuse);
                var end = await world.WhenAsync("it", s => s.Generation == 1 && InstanceStatus.IsTerminal(s.Status));
                Assert.Equal(InstanceStatus.Completed, end.Status);
                // Its host did it all again: an answer from the journal of the first would have left nothing there.
                Assert.Equal(3, (await world.ThingsAsync()).Count(t => t.StartsWith("host: ")));
                Assert.True(world.Host.Orders.Count > first);
                Assert.Equal(0, await world.CountAsync("history WHERE instance_id = 'it' AND generation = 0"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task Of_many_starts_at_once_one_counts(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await StartAsync(world, new Chain(1), new("old"));
                await world.EndOfAsync("old");
                var same = await ManyAsync(world, new("same", IfExists: IdReuse.ReturnExisting));
                Assert.Equal((1, 7), (same.Count(s => s is true), same.Count(s => s is false)));
                var old = await ManyAsync(world, new("old", IfExists: IdReuse.ReplaceIfTerminal));
                Assert.Equal((1, 7), (old.Count(s => s is true), old.Count(s => s is null)));
                foreach (var id in new[] { "old", "same" })
                {
                    await world.CancelAsync(id);
                    await world.EndOfAsync(id);
                }
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public Task What_waits_for_its_resource_has_an_id_of_its_own() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                var reuse = new StartOptions("it", IfExists: IdReuse.ReturnExisting);
                foreach (var options in new[] { reuse with { Queue = true }, reuse with { Supersede = true } })
                    await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(world, new Chain(1), options));
                Assert.Equal(0, await world.CountAsync("instances"));
            }
        );

    /// <summary>What each of eight starts at once came to; null for a conflict.</summary>
    private static async Task<IReadOnlyList<bool?>> ManyAsync(World world, StartOptions options)
    {
        var order = new Letters(TimeSpan.FromHours(1));
        var starts = Enumerable.Range(0, 8).Select(_ => TryAsync(StartAsync(world, order, options))).ToList();
        var ends = new List<bool?>();
        foreach (var start in starts)
            ends.Add(await start);
        return ends;
    }

    private static async Task<bool?> TryAsync(Task<bool> start)
    {
        try
        {
            return await start;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return null;
        }
    }

    private static Task<bool> StartAsync<T>(World world, IOrchestration<T> order, StartOptions options) =>
        world.Now.Db.WriteAsync(tx => world.Now.Client.StartAsync(tx, order, options));
}
