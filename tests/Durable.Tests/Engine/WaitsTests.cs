using Pipeline.Durable.Management;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What a status says that an orchestration waits for, and what the log says of one that waited too long.</summary>
public sealed class WaitsTests
{
    [Theory, EachWorld]
    public Task Each_wait_is_named_with_what_ends_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Deliveries = _ => [];
                world.Start();
                var start = world.Time.GetUtcNow() + TimeSpan.FromHours(2);
                await world.OrderAsync(new Letters(TimeSpan.FromHours(20)), "letters");
                await world.OrderAsync(new Build("a", world.Host.Id), "build");
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove", queue: true);
                await world.OrderAsync(new Family([new("v", "wait")], Id: "child"), "family");
                await world.Now.Db.WriteAsync(tx =>
                    world.Now.Client.StartAsync(tx, new Nap(TimeSpan.FromHours(1)), new("nap", StartAt: start))
                );

                var letters = await WaitsAsync(world, "letters", 2);
                Assert.Equal([WaitType.Timer, WaitType.Event], letters.Select(w => w.Type));
                Assert.InRange(
                    letters[0].DueAt!.Value - world.Time.GetUtcNow(),
                    TimeSpan.FromHours(19),
                    TimeSpan.FromHours(20)
                );
                Assert.Equal("letter", letters[1].Name);
                await world.WhenAsync("build", s => s.Steps.Any(step => step.Host == world.Host.Id));
                Assert.All(
                    await WaitsAsync(world, "build", 2),
                    w => Assert.Equal(new(WaitType.Step, "Ensure") { Host = world.Host.Id, Attempt = 1 }, w)
                );
                Assert.Equal(
                    [new(WaitType.Resource, "server/a") { InstanceId = "build" }],
                    await WaitsAsync(world, "remove", 1)
                );
                Assert.Equal(
                    [new(WaitType.SubOrchestration, "Visit") { InstanceId = "child" }],
                    await WaitsAsync(world, "family", 1)
                );
                Assert.Equal([new(WaitType.Event, "go")], await WaitsAsync(world, "child", 1));
                var nap = Assert.Single(await WaitsAsync(world, "nap", 1));
                Assert.Equal((WaitType.Start, 0), (nap.Type, (int)(nap.DueAt!.Value - start).TotalSeconds));
                await world.TerminateAsync("letters");
                Assert.Empty(await WaitsAsync(world, "letters", 0));
                foreach (var id in new[] { "build", "remove", "family" })
                    await world.TerminateAsync(id);
            }
        );

    [Theory, EachWorld]
    public Task A_lock_is_awaited_from_its_holder(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Locked("first", ["a", "b"], "wait"), "first");
                await world.UntilAsync(async () =>
                    await world.CountAsync("orchestration_locks WHERE granted = 1") == 2
                );
                await world.OrderAsync(new Locked("second", ["b"]), "second");
                Assert.Equal([new(WaitType.Lock, "b") { InstanceId = "first" }], await WaitsAsync(world, "second", 1));
                foreach (var id in new[] { "first", "second" })
                    await world.TerminateAsync(id);
            }
        );

    [Fact]
    public void A_missed_deadline_is_logged_once_with_what_it_hung_at()
    {
        Run.Simulated(
            1,
            async world =>
            {
                world.Deliveries = _ => [];
                world.Start();
                await world.OrderAsync(new Build("a", world.Host.Id), "build");
                await world.OrderAsync(new Visit("v", "wait"), "visit");
                await world.EndOfAsync("visit");
                await world.TerminateAsync("build");
                Assert.Matches(
                    "^Build build missed its deadline of .* at \\w+",
                    Assert.Single(world.Log.Warnings, w => w.StartsWith("Build build missed", StringComparison.Ordinal))
                );
                Assert.EndsWith(
                    "at a wait for go ",
                    Assert.Single(world.Log.Warnings, w => w.StartsWith("Visit visit missed", StringComparison.Ordinal))
                );
            }
        );
    }

    private static async Task<IReadOnlyList<InstanceWait>> WaitsAsync(World world, string id, int count)
    {
        var reader = new InstanceReader(world.Now.Parts, new(world.Now.Parts, world.Time));
        IReadOnlyList<InstanceWait> waits = [];
        await world.UntilAsync(
            async () => (waits = (await world.Store.ReadAsync(tx => reader.FindAsync(tx, id)))!.Waits).Count == count,
            () => string.Join('\n', waits)
        );
        return waits;
    }
}
