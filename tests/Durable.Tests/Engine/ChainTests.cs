using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class ChainTests
{
    [Theory, EachWorld]
    public Task A_chain_does_its_steps_once_and_in_order(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(6), "chain");
                var end = await world.EndOfAsync("chain");
                Assert.Equal(InstanceStatus.Completed, end.Status);
                Assert.Equal(Enumerable.Range(0, 6).Select(i => $"take link-{i}"), await world.DeedsAsync());
                Assert.All(end.Steps, s => Assert.Equal("6", s.Result));
                Assert.Empty(world.Log.Errors);
            }
        );

    [Theory, EachWorld]
    public Task Steps_that_fan_out_all_come_back(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new FanOut(100), "wide");
                var end = await world.EndOfAsync("wide");
                Assert.Equal(InstanceStatus.Completed, end.Status);
                Assert.Equal(100, (await world.ThingsAsync()).Count);
                Assert.Equal(0, await world.CountAsync("inbox") + await world.CountAsync("tasks"));
                Assert.Empty(world.Log.Errors);
            }
        );
}
