using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class InterruptionTests
{
    [Theory, EachWorld]
    public Task A_cancelled_saga_undoes_what_it_did(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = Endless("Ensure guest a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                Assert.True(await world.CancelAsync("build"));
                var end = await world.EndOfAsync("build");
                Assert.Equal((InstanceStatus.Canceled, "unwanted"), (end.Status, end.Fault!.Message));
                Assert.Empty(await world.ThingsAsync());
                Assert.Contains("show a ERROR Cancelled", await world.DeedsAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_cancel_reaches_a_local_step_that_runs(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("image a", (_, ct) => EndlessAsync(ct));
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("image a") == 1));
                await world.CancelAsync("build");
                var end = await world.EndOfAsync("build");
                Assert.Equal(InstanceStatus.Canceled, end.Status);
                Assert.Equal(FaultCode.Cancelled, end.Steps.Single(s => s.Name == nameof(Ask)).Fault!.Code);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_cancel_ends_an_orchestration_that_is_no_saga_and_stops_its_step(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var stopped = new TaskCompletionSource();
                world.Oracle.On(
                    "why",
                    async (_, ct) =>
                    {
                        try
                        {
                            return await EndlessAsync(ct);
                        }
                        finally
                        {
                            stopped.TrySetResult();
                        }
                    }
                );
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                await world.UntilAsync(() => Task.FromResult(world.Oracle.Asked("why") == 1));
                Assert.True(await world.CancelAsync("question"));
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("question")).Status);
                await world.UntilAsync(() => Task.FromResult(stopped.Task.IsCompleted));
                Assert.Equal(0, await world.CountAsync("inbox") + await world.CountAsync("tasks"));
            }
        );

    [Theory, EachWorld]
    public Task A_cancel_of_what_has_ended_or_never_was_does_nothing(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Chain(1), "chain");
                await world.EndOfAsync("chain");
                Assert.False(await world.CancelAsync("chain"));
                Assert.False(await world.CancelAsync("unknown"));
                Assert.Equal(0, await world.CountAsync("inbox"));
            }
        );

    [Fact]
    public Task A_second_cancel_while_undoing_changes_nothing() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Host.Before = async (order, ct) =>
                {
                    await Endless("Ensure guest a")(order, ct);
                    if (order.Name == nameof(Destroy))
                        await Task.Delay(TimeSpan.FromSeconds(10), world.Time, CancellationToken.None);
                };
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                await world.CancelAsync("build");
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders[^1].Name == nameof(Destroy)));
                Assert.True(await world.CancelAsync("build"));
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("build")).Status);
                Assert.Equal(3, world.Host.Orders.Count(o => o.Name == nameof(Destroy)));
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task A_deadline_undoes_a_saga_and_fails_it_as_late() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Host.Before = Endless("Ensure net a");
                world.Start();
                await SagaTests.BuildAsync(world);
                var end = await world.EndOfAsync("build");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Timeout), (end.Status, end.Fault!.Code));
                Assert.InRange((end.CompletedAt!.Value - end.CreatedAt).TotalMinutes, 10, 11);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task A_deadline_that_passes_while_no_process_lives_is_kept_at_the_next_start() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Host.Before = Endless("Ensure disk a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count > 0));
                await world.KillAsync();
                await Task.Delay(TimeSpan.FromHours(5), world.Time, CancellationToken.None);
                world.Start();
                Assert.Equal(FaultCode.Timeout, (await world.EndOfAsync("build")).Fault!.Code);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task A_deadline_ends_an_orchestration_that_is_no_saga() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Oracle.On("why", (_, ct) => EndlessAsync(ct));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                var end = await world.EndOfAsync("question");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Timeout), (end.Status, end.Fault!.Code));
                Assert.Equal(1, world.Oracle.Asked("why"));
            }
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_saga_that_waits_for_an_event_or_a_timer_is_cancelled_too(bool atTimer) =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Borrow("book"), "borrow");
                if (atTimer)
                {
                    await world.RaiseAsync("borrow", "word", "go", "1");
                    await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                }
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time, CancellationToken.None);
                await world.CancelAsync("borrow");
                var end = await world.EndOfAsync("borrow");
                Assert.Equal(InstanceStatus.Canceled, end.Status);
                Assert.InRange((end.CompletedAt!.Value - end.CreatedAt).TotalSeconds, 1, 2);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task A_saga_that_waits_is_ended_by_its_deadline_and_by_what_it_waits_for() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Borrow("book"), "late");
                await world.OrderAsync(new Borrow("pen"), "heard");
                await world.RaiseAsync("heard", "word", "go", "1");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("heard")).Status);
                Assert.Equal(FaultCode.Timeout, (await world.EndOfAsync("late")).Fault!.Code);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_step_that_calls_itself_cancelled_has_failed(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", (_, _) => throw new Fault(FaultCode.Cancelled, "not by you"));
                world.Start();
                await world.OrderAsync(new Question("why"), "question");
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("question")).Status);
            }
        );

    internal static Func<HostOrder, CancellationToken, Task> Endless(string name) =>
        (order, ct) => SagaTests.Name(order) == name ? EndlessAsync(ct) : Task.CompletedTask;

    internal static async Task<string> EndlessAsync(CancellationToken ct)
    {
        var never = new TaskCompletionSource<string>();
        await using var cancel = ct.Register(() => never.TrySetCanceled(ct));
        return await never.Task;
    }
}
