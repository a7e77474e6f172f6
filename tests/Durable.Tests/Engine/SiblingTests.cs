using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class SiblingTests
{
    private static readonly Fault Full = new(FaultCode.DiskFull, "no room");

    [Theory, EachWorld]
    public Task When_a_step_fails_its_siblings_are_cancelled_and_awaited_before_the_undo(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var slow = new TaskCompletionSource();
                world.Oracle.On(
                    "image a",
                    async (_, ct) =>
                    {
                        // Takes a while to stop: the undo must not begin before.
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                            InterruptionTests.EndlessAsync(ct)
                        );
                        await slow.Task;
                        return "too late";
                    }
                );
                world.Start(faults => faults.FailAt(nameof(Take), Full, 2));
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(async () => (await world.DeedsAsync()).Contains("show a ERROR DiskFull"));
                Assert.DoesNotContain("give back port a", await world.DeedsAsync());
                slow.SetResult();
                var end = await world.EndOfAsync("build");
                Assert.Equal("\"too late\"", end.Steps.Single(s => s.Name == nameof(Ask)).Result);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task A_sibling_that_does_not_stop_is_overtaken_after_the_grace() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                var stuck = new TaskCompletionSource();
                world.Host.Before = (order, _) =>
                    SagaTests.Name(order) == "Ensure disk a" ? stuck.Task : Task.CompletedTask;
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() =>
                    Task.FromResult(world.Host.Orders.Any(o => SagaTests.Name(o) == "Ensure disk a"))
                );
                await world.CancelAsync("build");
                await world.UntilAsync(async () => await world.CountAsync("history WHERE kind = 'EpochRaised'") == 1);
                var state = (await world.StateAsync("build"))!;
                Assert.InRange((state.UpdatedAt - state.CreatedAt).TotalSeconds, 20, 21);
                Assert.Equal(0, await world.CountAsync("tasks WHERE cancelled = 1"));
                stuck.SetResult();
                Assert.Equal(InstanceStatus.Canceled, (await world.EndOfAsync("build")).Status);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task A_step_whose_order_arrives_after_its_undo_is_refused_by_the_fence() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Deliveries = order =>
                    SagaTests.Name(order) == "Ensure net a" ? [TimeSpan.FromMinutes(3)] : [TimeSpan.Zero];
                world.Host.Before = SagaTests.FailOn("disk a");
                world.Start();
                await SagaTests.BuildAsync(world);
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("build")).Status);
                await Task.Delay(TimeSpan.FromMinutes(5), world.Time, CancellationToken.None);
                Assert.DoesNotContain("Ensure net a", world.Host.Orders.Select(SagaTests.Name));
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Theory, EachWorld]
    public Task A_removal_of_a_running_build_begins_when_the_build_is_undone_and_has_the_highest_epoch(
        WorldKind kind
    ) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = InterruptionTests.Endless("Ensure guest a");
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                Assert.True(await world.OrderAsync(new Remove("a", world.Host.Id), "remove", supersede: true));
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                var build = (await world.StateAsync("build"))!;
                Assert.Equal((InstanceStatus.Canceled, "superseded by remove"), (build.Status, build.Fault!.Message));
                Assert.Equal([1, 1, 1, 2, 2, 2, 3, 3, 3], world.Host.Orders.Select(o => o.Epoch));
                Assert.Equal("show a DELETED", (await world.DeedsAsync())[^1]);
                Assert.Empty(await world.ThingsAsync());
                Assert.Equal(0, await world.CountAsync("resources WHERE operation IS NOT NULL"));
            }
        );

    [Theory, EachWorld]
    public Task A_second_removal_joins_the_one_that_waits_or_runs(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var free = new TaskCompletionSource();
                world.Host.Before = (order, ct) =>
                    order.Name == nameof(Destroy) ? free.Task : InterruptionTests.Endless("Ensure guest a")(order, ct);
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 3));
                Assert.True(await RemoveAsync(world, "first"));
                Assert.False(await RemoveAsync(world, "second"));
                var fault = await Assert.ThrowsAsync<Fault>(() =>
                    world.OrderAsync(new Build("a", world.Host.Id), "again", supersede: true)
                );
                Assert.Equal(FaultCode.Conflict, fault.Code);
                free.SetResult();
                await world.WhenAsync("first", s => s.Status != InstanceStatus.Pending);
                await RemoveAsync(world, "third");
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("first")).Status);
                Assert.Null(await world.StateAsync("second"));
            }
        );

    [Fact]
    public Task A_removal_that_is_cancelled_while_it_waits_never_begins_its_steps() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                var free = new TaskCompletionSource();
                world.Host.Before = (_, _) => free.Task;
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 1));
                await RemoveAsync(world, "remove");
                Assert.True(await world.CancelAsync("remove"));
                await Task.Delay(TimeSpan.FromSeconds(15), world.Time, CancellationToken.None);
                Assert.Equal(InstanceStatus.Pending, (await world.StateAsync("remove"))!.Status);
                free.SetResult();
                var end = await world.EndOfAsync("remove");
                Assert.Equal(InstanceStatus.Canceled, end.Status);
                Assert.Empty(end.Steps);
                Assert.Equal(0, await world.CountAsync("resources WHERE operation IS NOT NULL"));
                Assert.Equal(0, await world.CountAsync("inbox"));
            }
        );

    [Theory, EachWorld]
    public Task A_queued_operation_lets_the_running_one_end_and_one_may_wait(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var free = new TaskCompletionSource();
                world.Host.Before = (_, _) => free.Task;
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 1));
                var remove = new Remove("a", world.Host.Id);
                Assert.True(await world.OrderAsync(remove, "remove", queue: true));
                Assert.False(await world.OrderAsync(remove, "another", queue: true));
                free.SetResult();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("remove")).Status);
                Assert.Equal([1, 1, 1, 2, 2, 2], world.Host.Orders.Select(o => o.Epoch));
                Assert.Null(await world.StateAsync("another"));
            }
        );

    private static Task<bool> RemoveAsync(World world, string id) =>
        world.OrderAsync(new Remove("a", world.Host.Id), id, supersede: true);
}
