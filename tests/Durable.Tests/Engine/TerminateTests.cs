using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class TerminateTests
{
    [Theory, EachWorld]
    public Task What_is_terminated_ends_at_once_undoes_nothing_and_leaves_nothing_waiting(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Borrow("book"), "borrow");
                await world.WhenAsync("borrow", s => s.Steps is [{ EndedAt: not null }]);
                await world.RaiseAsync("borrow", "another word", "x", "1");
                Assert.True(await world.TerminateAsync("borrow"));
                var end = (await world.StateAsync("borrow"))!;
                Assert.Equal((InstanceStatus.Terminated, "enough", null), (end.Status, end.Fault!.Message, end.Output));
                Assert.NotNull(end.CompletedAt);
                Assert.Equal(["book"], await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
                Assert.Equal(0, await world.CountAsync("mailbox"));
                Assert.Equal(1, await world.CountAsync("history WHERE kind = 'ExecutionTerminated'"));
            }
        );

    [Theory, EachWorld]
    public Task The_first_end_counts(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "nap");
                Assert.True(await world.TerminateAsync("nap"));
                Assert.False(await world.TerminateAsync("nap"));
                await world.OrderAsync(new Chain(1), "chain");
                await world.EndOfAsync("chain");
                Assert.False(await world.TerminateAsync("chain"));
                Assert.False(await world.TerminateAsync("unknown"));
                Assert.Equal(InstanceStatus.Completed, (await world.StateAsync("chain"))!.Status);
                await Assert.ThrowsAsync<Fault>(() => world.RaiseAsync("nap", "word", "x", "1"));
            }
        );

    [Theory, EachWorld]
    public Task A_running_step_is_told_to_stop_and_its_result_is_nobodys(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var stopped = new TaskCompletionSource<string>();
                world.Oracle.On(
                    "why",
                    async (_, ct) =>
                    {
                        using var told = ct.Register(() => stopped.TrySetResult("told"));
                        return await stopped.Task;
                    }
                );
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("why") == 1));
                await world.TerminateAsync("question");
                Assert.Equal("told", await stopped.Task);
                await world.StopAsync();
                Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync("question"))!.Status);
                Assert.Equal(0, await world.CountAsync("inbox") + await world.CountAsync("tasks"));
            }
        );

    [Theory, EachWorld]
    public Task A_host_that_works_for_it_is_told_and_its_late_answer_changes_nothing(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                await world.TerminateAsync("build");
                Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync("build"))!.Status);
                // The next one on the resource is fenced above it.
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task What_waits_for_the_resource_begins_and_who_is_terminated_in_line_leaves_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                Assert.True(await world.OrderAsync(new Remove("a", world.Host.Id), "first", queue: true));
                Assert.True(await world.TerminateAsync("first"));
                Assert.True(await world.OrderAsync(new Remove("a", world.Host.Id), "second", queue: true));
                Assert.True(await world.TerminateAsync("build"));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("second")).Status);
                Assert.Empty((await world.StateAsync("first"))!.Steps);
                Assert.Empty(await world.ThingsAsync());
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Theory, EachWorld]
    public Task What_is_blocked_because_its_code_is_gone_can_be_terminated(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var client = world.Start().Client;
                await world.StopAsync();
                await world.Store.WriteAsync(tx => client.StartAsync(tx, new Nap(TimeSpan.Zero), new("nap")));
                world.Start(code: TestCode.Without(typeof(NapOrchestrator)));
                await world.WhenAsync("nap", s => s.Blocked is not null);
                Assert.True(await world.TerminateAsync("nap"));
                var end = (await world.StateAsync("nap"))!;
                Assert.Equal((InstanceStatus.Terminated, null), (end.Status, end.Blocked));
                Assert.Empty(await world.UnansweredAsync());
            }
        );

    [Fact]
    public void A_turn_that_is_being_written_loses_against_a_terminate_and_wins_when_it_was_first()
    {
        var ends = new HashSet<string>();
        for (var seed = 1; seed <= 60; seed++)
            Run.Simulated(
                seed,
                async world =>
                {
                    world.Start();
                    await world.OrderAsync(new Chain(3), "chain");
                    for (var i = 0; i < seed; i++)
                        await Task.Yield();
                    var terminated = await world.TerminateAsync("chain");
                    var end = await world.EndOfAsync("chain");
                    Assert.Equal(terminated, end.Status == InstanceStatus.Terminated);
                    var (takes, done) = (await world.ThingsAsync(), end.Steps.Count(s => s.EndedAt is not null));
                    Assert.InRange(takes.Count, done, end.Steps.Count);
                    await Task.Delay(TimeSpan.FromMinutes(2), world.Time, CancellationToken.None);
                    Assert.Equal(takes, await world.ThingsAsync());
                    Assert.Equal(
                        1,
                        await world.CountAsync("history WHERE kind IN ('ExecutionCompleted', 'ExecutionTerminated')")
                    );
                    Assert.Empty(await world.UnansweredAsync());
                    ends.Add($"{end.Steps.Count}");
                }
            );
        Assert.True(ends.Count > 1, "every world ended alike");
    }

    [Theory]
    [InlineData(EnginePoint.BeforeCommit)]
    [InlineData(EnginePoint.AfterCommit)]
    [InlineData(EnginePoint.BeforeStep)]
    [InlineData(EnginePoint.AfterStep)]
    public Task What_died_in_the_middle_can_be_terminated_while_nobody_runs_it(EnginePoint point) =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                var name = point is EnginePoint.BeforeCommit or EnginePoint.AfterCommit
                    ? nameof(Build)
                    : nameof(Ensure);
                world.Start(f => f.KillAt(point, name, 2));
                await SagaTests.BuildAsync(world);
                await world.Now.Died;
                await world.KillAsync();
                var dead = world.Now;
                Assert.True(
                    await world.Store.WriteAsync(tx =>
                        new DurableTaskClient(world.Store, dead.NewParts()).TerminateInstanceAsync(
                            tx,
                            "build",
                            "enough"
                        )
                    )
                );
                world.Start();
                await Task.Delay(TimeSpan.FromMinutes(5), world.Time, CancellationToken.None);
                Assert.Equal(InstanceStatus.Terminated, (await world.StateAsync("build"))!.Status);
                Assert.Empty(await world.UnansweredAsync());
            }
        );
}
