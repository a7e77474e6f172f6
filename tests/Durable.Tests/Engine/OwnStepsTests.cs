using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Transactional steps that follow one another in the commit of one turn.</summary>
public sealed class OwnStepsTests
{
    [Theory, EachWorld]
    public Task They_cost_one_commit_and_their_history_is_that_of_a_turn_each(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var host = world.Start();
                await world.OrderAsync(new Chain(3), "chain");
                Assert.Equal("18", (await world.EndOfAsync("chain")).Output);
                Assert.Single(host.Faults.Passed, p => p.Point == EnginePoint.BeforeCommit);
                Assert.Equal(3, host.Faults.Passed.Count(p => p.Point == EnginePoint.BeforeStep));
                string[] turn = ["OrchestratorStarted", "TaskCompleted", "TaskScheduled"];
                Assert.Equal(
                    [
                        "OrchestratorStarted",
                        "ExecutionStarted",
                        "TaskScheduled",
                        .. turn,
                        .. turn,
                        .. turn[..2],
                        "ExecutionCompleted",
                    ],
                    await world.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT kind FROM history ORDER BY seq"))
                );
                Assert.Equal(0, await world.CountAsync("inbox") + await world.CountAsync("tasks"));
            }
        );

    [Theory, EachWorld]
    public Task A_long_line_of_them_lets_others_in_between(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var host = world.Start();
                await world.OrderAsync(new Chain((2 * OwnSteps.Most) + 1), "chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                Assert.Equal(3, host.Faults.Passed.Count(p => p.Point == EnginePoint.BeforeCommit));
                Assert.Equal((2 * OwnSteps.Most) + 1, (await world.DeedsAsync()).Count);
            }
        );

    [Fact]
    public void A_death_anywhere_among_them_leaves_all_of_them_or_none()
    {
        for (var n = 1; n <= 10; n++)
            Run.Simulated(
                n,
                async world =>
                {
                    world.Start(faults => faults.KillAt(n));
                    await world.OrderAsync(new Chain(4), "chain");
                    var dying = world.Now;
                    await dying.Died;
                    Assert.Contains((await world.DeedsAsync()).Count, new[] { 0, 4 });
                    await world.ReviveAsync();
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                    Assert.Equal(4, (await world.DeedsAsync()).Count);
                }
            );
    }

    [Theory, EachWorld]
    public Task An_event_that_was_there_before_is_taken_between_two_of_them(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var host = world.Start();
                await host.Db.WriteAsync(async tx =>
                {
                    await host.Client.StartAsync(tx, new Parcel("vase"), new("parcel"));
                    await host.Client.RaiseEventAsync(tx, "parcel", "word", "please", "1");
                });
                Assert.Equal("\"please\"", (await world.EndOfAsync("parcel")).Output);
                Assert.Single(host.Faults.Passed, p => p.Point == EnginePoint.BeforeCommit);
                Assert.Equal(["take vase", "give back vase"], await world.DeedsAsync());
                Assert.Equal(0, await world.CountAsync("inbox") + await world.CountAsync("mailbox"));
            }
        );

    [Theory, EachWorld]
    public Task What_looks_in_at_one_of_them_may_take_its_time_and_write(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var host = world.Start();
                var looked = 0;
                host.Parts.Probe = async (point, _, _) =>
                {
                    if (point == EnginePoint.BeforeStep && ++looked == 2)
                        await host.Db.WriteAsync(async tx =>
                            await tx.ExecuteAsync("INSERT INTO things (name) VALUES ('seen')")
                        );
                };
                await world.OrderAsync(new Chain(3), "chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                Assert.Equal(3, looked);
                Assert.Equal(4, (await world.ThingsAsync()).Count);
            }
        );
}
