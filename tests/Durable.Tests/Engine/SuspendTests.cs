using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class SuspendTests
{
    [Theory, EachWorld]
    public Task What_comes_while_it_is_suspended_waits_and_counts_when_it_is_resumed(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(20)), "letters");
                await world.WhenAsync("letters", s => s.Status == InstanceStatus.Running);
                Assert.True(await world.SuspendAsync("letters"));
                var still = (await world.StateAsync("letters"))!;
                Assert.Equal(
                    (InstanceStatus.Suspended, "a look at it", null),
                    (still.Status, still.SuspendReason, still.Blocked)
                );
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "b", "2");
                await IdleAsync(world);
                Assert.Equal(0, await world.CountAsync("history WHERE kind = 'EventRaised'"));
                Assert.True(await world.ResumeAsync("letters"));
                var end = await world.EndOfAsync("letters");
                Assert.Equal((InstanceStatus.Completed, "\"a, b\"", null), (end.Status, end.Output, end.SuspendReason));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_step_that_runs_ends_and_is_recorded_when_it_goes_on(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var answer = new TaskCompletionSource<string>();
                world.Oracle.On("one", (_, _) => answer.Task);
                world.Start();
                await world.OrderAsync(new Errand("one", TimeSpan.Zero), "errand");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("one") == 1));
                await world.SuspendAsync("errand");
                answer.SetResult("done");
                await world.UntilAsync(async () => await world.CountAsync("tasks") == 0);
                await IdleAsync(world);
                var still = (await world.StateAsync("errand"))!;
                Assert.Equal([true, false], still.Steps.Select(s => s.EndedAt is not null));
                await world.ResumeAsync("errand");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("errand")).Status);
                Assert.Equal(1, world.Oracle.Asked("one"));
            }
        );

    [Theory, EachWorld]
    public Task Twice_is_as_once_and_what_has_ended_stays_ended(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Borrow("book"), "borrow");
                await world.WhenAsync("borrow", s => s.Steps is [{ EndedAt: not null }]);
                Assert.True(await world.ResumeAsync("borrow"));
                Assert.True(await world.SuspendAsync("borrow"));
                Assert.True(await world.SuspendAsync("borrow"));
                Assert.True(await world.ResumeAsync("borrow"));
                Assert.True(await world.ResumeAsync("borrow"));
                Assert.Equal(InstanceStatus.Running, (await world.StateAsync("borrow"))!.Status);
                await world.CancelAsync("borrow");
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("borrow")).Status);
                Assert.False(await world.SuspendAsync("borrow"));
                Assert.False(await world.ResumeAsync("borrow"));
                Assert.False(await world.SuspendAsync("unknown"));
                Assert.Equal(InstanceStatus.Canceled, (await world.StateAsync("borrow"))!.Status);
            }
        );

    [Theory, EachWorld]
    public Task A_cancel_waits_for_the_resume_and_a_terminate_does_not(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                foreach (var id in new[] { "cancelled", "terminated" })
                {
                    await world.OrderAsync(new Borrow(id), id);
                    await world.WhenAsync(id, s => s.Steps is [{ EndedAt: not null }]);
                    await world.SuspendAsync(id);
                }
                Assert.True(await world.CancelAsync("cancelled"));
                Assert.True(await world.TerminateAsync("terminated"));
                await IdleAsync(world);
                Assert.Equal(InstanceStatus.Suspended, (await world.StateAsync("cancelled"))!.Status);
                Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync("terminated"))!.Status);
                await world.ResumeAsync("cancelled");
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("cancelled")).Status);
                Assert.Equal(["terminated"], await world.ThingsAsync());
            }
        );

    [Fact]
    public Task The_deadlines_clock_goes_on_and_its_news_waits() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Borrow("book"), "borrow");
                await world.WhenAsync("borrow", s => s.Steps is [{ EndedAt: not null }]);
                await world.SuspendAsync("borrow");
                await Task.Delay(TimeSpan.FromHours(2), world.Time, CancellationToken.None);
                Assert.Equal(InstanceStatus.Suspended, (await world.StateAsync("borrow"))!.Status);
                await world.ResumeAsync("borrow");
                var end = await world.EndOfAsync("borrow");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Timeout), (end.Status, end.Fault!.Code));
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task One_that_waits_for_its_resource_gets_it_and_begins_when_it_is_resumed(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove", queue: true);
                await world.SuspendAsync("remove");
                await world.RaiseAsync("remove", "word", "early", "1");
                await world.TerminateAsync("build");
                await IdleAsync(world);
                Assert.Empty((await world.StateAsync("remove"))!.Steps);
                await world.ResumeAsync("remove");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task What_is_blocked_besides_stays_so_until_its_code_is_back() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start(code: TestCode.Without(typeof(TakeHandler)));
                await world.OrderAsync(new Chain(2), "chain");
                await world.WhenAsync("chain", s => s.Blocked is not null);
                await world.SuspendAsync("chain");
                await world.StopAsync();
                world.Start();
                await IdleAsync(world);
                Assert.NotNull((await world.StateAsync("chain"))!.Blocked);
                await world.ResumeAsync("chain");
                var end = await world.EndOfAsync("chain");
                Assert.Equal((InstanceStatus.Completed, null), (end.Status, end.Blocked));
            }
        );

    [Fact]
    public void A_turn_under_way_is_refused_and_done_again_after_the_resume()
    {
        for (var seed = 1; seed <= 40; seed++)
            Run.Simulated(
                seed,
                async world =>
                {
                    world.Start();
                    await world.OrderAsync(new Chain(4), "chain");
                    for (var i = 0; i < 5; i++)
                    {
                        await world.SuspendAsync("chain");
                        var before = await world.ThingsAsync();
                        await IdleAsync(world);
                        Assert.Equal(before, await world.ThingsAsync());
                        await world.ResumeAsync("chain");
                    }
                    Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
                    Assert.Equal(4, (await world.DeedsAsync()).Count);
                }
            );
    }

    [Theory]
    [InlineData(Hub.EnginePoint.BeforeCommit)]
    [InlineData(Hub.EnginePoint.AfterCommit)]
    public Task It_stays_suspended_over_a_death_of_its_functions_host(Hub.EnginePoint point) =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start(f => f.KillAt(point, nameof(Chain), 2));
                await world.OrderAsync(new Chain(3 * Hub.OwnSteps.Most), "chain");
                await world.Now.Died;
                await world.KillAsync();
                var dead = new DurableTaskClient(world.Store, world.Now.NewParts());
                await world.Store.WriteAsync(tx => dead.SuspendInstanceAsync(tx, "chain", "a look at it"));
                world.Start();
                await IdleAsync(world);
                Assert.Equal(InstanceStatus.Suspended, (await world.StateAsync("chain"))!.Status);
                await world.ResumeAsync("chain");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("chain")).Status);
            }
        );

    /// <summary>Long enough for all that could go on; on real threads only for what is under way.</summary>
    private static Task IdleAsync(World world) =>
        world.Simulation is null
            ? world.UntilAsync(async () => await world.CountAsync("tasks") == 0)
            : Task.Delay(TimeSpan.FromMinutes(3), world.Time, CancellationToken.None);
}
