using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>Verbs on what has not begun, and orchestrations with nothing to do.</summary>
public sealed class NotYetBegunTests
{
    [Theory, EachWorld]
    public Task A_scheduled_one_that_is_terminated_never_begins(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await OrderAsync(world, new Countdown(1), "later", TimeSpan.FromMilliseconds(300));
                Assert.True(await world.TerminateAsync("later"));
                // Its resource is free at once, and its time comes while the next one runs.
                await OrderAsync(world, new Countdown(1), "next", TimeSpan.FromMilliseconds(600));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("next")).Status);
                var end = (await world.StateAsync("later"))!;
                Assert.Equal((InstanceStatus.Terminated, 0), (end.Status, end.Steps.Count));
                Assert.Equal(["take 1"], await world.DeedsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_scheduled_one_that_is_suspended_begins_when_it_is_resumed(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await OrderAsync(world, new Chain(1), "later", TimeSpan.FromMilliseconds(100));
                Assert.True(await world.SuspendAsync("later"));
                await OrderAsync(world, new Nap(TimeSpan.Zero), "meanwhile", TimeSpan.FromMilliseconds(300));
                await world.EndOfAsync("meanwhile");
                Assert.Empty(await world.DeedsAsync());
                Assert.True(await world.ResumeAsync("later"));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("later")).Status);
            }
        );

    [Theory, EachWorld]
    public Task An_event_for_one_that_has_not_begun_waits_for_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await OrderAsync(world, new Letters(TimeSpan.FromHours(1)), "later", TimeSpan.FromMilliseconds(100));
                await world.RaiseAsync("later", "letter", "a", "1");
                await world.RaiseAsync("later", "letter", "b", "2");
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("later")).Output);
            }
        );

    [Theory, EachWorld]
    public Task One_without_a_step_ends_in_its_first_turn(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                Assert.Null(await world.StateAsync("empty"));
                await world.OrderAsync(new Chain(0), "empty");
                var end = await world.EndOfAsync("empty");
                Assert.Equal((InstanceStatus.Completed, "0", null), (end.Status, end.Output, end.CustomStatus));
                Assert.Empty(end.Steps);
                Assert.Equal(1, await world.CountAsync("history WHERE kind = 'OrchestratorStarted'"));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public Task A_store_that_refused_everything_for_a_while_costs_nothing() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Errand("before", TimeSpan.FromSeconds(10)), "before");
                await world.WhenAsync("before", s => s.Steps is [.., { Name: "Ask", EndedAt: not null }]);
                await RenameAsync(world, "instances", "away");
                await Task.Delay(TimeSpan.FromMinutes(2), world.Time, TestContext.Current.CancellationToken);
                await RenameAsync(world, "away", "instances");
                Assert.Equal("\"before\"", (await world.EndOfAsync("before")).Output);
                Assert.Equal(4, (await world.ThingsAsync()).Count);
                Assert.NotEmpty(world.Log.Errors);
            }
        );

    private static Task RenameAsync(World world, string from, string to) =>
        world.Store.WriteAsync(tx => tx.ExecuteAsync($"ALTER TABLE {from} RENAME TO {to}"));

    private static Task OrderAsync<T>(World world, IOrchestration<T> order, string id, TimeSpan later) =>
        world.Now.Db.WriteAsync(tx =>
            world.Now.Client.StartAsync(tx, order, new(id, StartAt: world.Time.GetUtcNow() + later))
        );
}
