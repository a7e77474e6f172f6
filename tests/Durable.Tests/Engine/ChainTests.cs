using Pipeline.Durable.Hub;
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

    [Fact]
    public Task More_news_than_one_turn_takes_is_taken_by_the_next_ones() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                const int width = 2 * HubStore.InboxBatch + 7;
                world.Start(faults => faults.KillAt(EnginePoint.AfterCommit, nameof(FanOut)));
                await world.OrderAsync(new FanOut(width), "wide");
                await world.Now.Died;
                await world.KillAsync();
                await world.Store.WriteAsync(async tx =>
                {
                    await tx.ExecuteAsync("DELETE FROM tasks");
                    for (var i = 0; i < width; i++)
                        tx.AddInbox(new("wide", 0, i), HistoryKind.TaskCompleted, "1", "1", tx.Now);
                });
                world.Start();
                var end = await world.EndOfAsync("wide");
                Assert.Equal(InstanceStatus.Completed, end.Status);
                Assert.Equal(width, await world.CountAsync("history WHERE kind = 'TaskCompleted'"));
                Assert.InRange((end.CompletedAt!.Value - end.CreatedAt).TotalSeconds, 0, 1);
            }
        );
}
