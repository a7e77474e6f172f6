using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What sweeps ask the engine: which resources moved, and to forget what has ended.</summary>
public sealed class OperatedTests
{
    [Fact]
    public Task A_resource_counts_as_operated_on_from_its_order_until_after_its_end() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                var before = world.Time.GetUtcNow();
                await SagaTests.BuildAsync(world);
                Assert.Equal(["server/a"], await OperatedAsync(world, world.Time.GetUtcNow().AddHours(1)));
                await world.EndOfAsync("build");
                Assert.Equal(["server/a"], await OperatedAsync(world, before));
                await Task.Delay(TimeSpan.FromMinutes(1), world.Time, CancellationToken.None);
                Assert.Empty(await OperatedAsync(world, world.Time.GetUtcNow().AddSeconds(-30)));
            }
        );

    [Fact]
    public Task What_has_ended_is_forgotten_when_asked_and_what_runs_is_not() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(2), "chain");
                await world.EndOfAsync("chain");
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "nap");
                foreach (var id in new[] { "chain", "nap", "nobody", "chain" })
                    await world.Store.WriteAsync(tx => world.Now.Client.PurgeInstanceAsync(tx, id));
                Assert.Null(await world.StateAsync("chain"));
                Assert.Equal(0, await world.CountAsync("history WHERE instance_id = 'chain'"));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("nap")).Status);
            }
        );

    private static Task<IReadOnlySet<string>> OperatedAsync(World world, DateTimeOffset since) =>
        world.Store.ReadAsync(tx => world.Now.Client.ListOperatedAsync(tx, ["server/a", "server/b"], since));
}
