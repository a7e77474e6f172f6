using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class BlockedTests
{
    private static readonly Type Recorded = typeof(Variants.AsRecorded);

    [Theory]
    [InlineData(typeof(Variants.OtherInput), "TaskScheduled #0 Take", "TaskScheduled #0 Take")]
    [InlineData(typeof(Variants.OtherStep), "TaskScheduled #0 Take", "TaskScheduled #0 Show")]
    [InlineData(typeof(Variants.OneStepMore), "TaskScheduled #0 Take", "TaskScheduled #0 Show")]
    [InlineData(typeof(Variants.OneStepMoreBeside), "nothing", "TaskScheduled #1 Show")]
    [InlineData(typeof(Variants.NoStep), "TaskScheduled #0 Take", "nothing")]
    [InlineData(typeof(Variants.OtherVersion), "version 1", "version 2")]
    public Task Changed_code_parks_its_instances_and_the_old_code_frees_them(Type changed, string was, string now) =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start(code: TestCode.With(Recorded));
                await world.OrderAsync(new Trip(), "trip");
                await world.WhenAsync("trip", s => s.Steps is [{ EndedAt: not null }]);
                await world.StopAsync();

                world.Start(code: TestCode.With(changed));
                await world.RaiseAsync("trip", "word", "go", "1");
                var parked = await world.WhenAsync("trip", s => s.Blocked is not null);
                Assert.Equal(InstanceStatus.Suspended, parked.Status);
                Assert.StartsWith(was, parked.Blocked!.Recorded);
                Assert.StartsWith(now, parked.Blocked.Replayed);
                Assert.NotEqual(parked.Blocked.Recorded, parked.Blocked.Replayed);
                await world.StopAsync();

                world.Start(code: TestCode.With(Recorded));
                var end = await world.EndOfAsync("trip");
                Assert.Equal((InstanceStatus.Completed, null), (end.Status, end.Blocked));
                Assert.Equal(["take out", "give back out", "show home"], await world.DeedsAsync());
            }
        );

    [Theory, EachWorld]
    public Task An_orchestrator_that_awaits_something_foreign_is_parked_and_says_so(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                // A simulated world does not even let an orchestrator start a timer of its own.
                foreach (var how in kind != WorldKind.Simulated ? new[] { "delay", "forever" } : ["forever"])
                {
                    await world.OrderAsync(new Stray(how), how);
                    var parked = await world.WhenAsync(how, s => s.Status == InstanceStatus.Suspended);
                    Assert.Equal("an await of something else", parked.Blocked!.Replayed);
                }
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task An_order_nobody_can_carry_out_waits_for_its_code(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var client = world.Start();
                await world.StopAsync();
                await world.Store.WriteAsync(tx => client.Client.StartAsync(tx, new Chain(2), new("chain")));
                world.Start(code: TestCode.Without(typeof(ChainOrchestrator)));
                var parked = await world.WhenAsync("chain", s => s.Blocked is not null);
                Assert.Contains("no orchestrator for 'Chain'", parked.Blocked!.Reason);
                await world.StopAsync();
                world.Start();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
            }
        );

    [Theory, EachWorld]
    public Task A_step_without_a_handler_parks_its_orchestration_before_it_is_scheduled(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(code: TestCode.Without(typeof(TakeHandler)));
                await world.OrderAsync(new Chain(2), "chain");
                var parked = await world.WhenAsync("chain", s => s.Blocked is not null);
                Assert.Contains("no handler for the step 'Take'", parked.Blocked!.Reason);
                Assert.Empty(parked.Steps);
                await world.StopAsync();
                world.Start();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
            }
        );

    [Fact]
    public Task A_scheduled_step_whose_handler_is_gone_waits_and_loses_no_try() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start(faults => faults.KillAt(Hub.EnginePoint.BeforeStep, nameof(Ask)));
                await world.OrderAsync(new Question("why"), "question");
                await world.Now.Died;
                await world.KillAsync();
                world.Start(code: TestCode.Without(typeof(AskHandler)));
                await Task.Delay(TimeSpan.FromMinutes(3), world.Time, CancellationToken.None);
                await world.StopAsync();
                world.Start();
                var end = await world.EndOfAsync("question");
                Assert.Equal((InstanceStatus.Completed, 1), (end.Status, end.Steps.Single().Attempt));
            }
        );

    [Fact]
    public Task Parked_instances_are_tried_seldom_and_logged_once() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start(code: TestCode.Without(typeof(TakeHandler)));
                await world.OrderAsync(new Chain(2), "chain");
                await Task.Delay(TimeSpan.FromMinutes(10), world.Time, CancellationToken.None);
                Assert.InRange(world.Now.Faults.Passed.Count(p => p.Point == Hub.EnginePoint.BeforeCommit), 8, 12);
                Assert.Single(world.Log.Errors);
            }
        );
}
