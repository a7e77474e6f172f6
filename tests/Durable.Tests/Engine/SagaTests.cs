using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class SagaTests
{
    private static readonly string[] Built = ["claim a", "port a", "host: disk a", "host: guest a", "host: net a"];
    private static readonly Fault Full = new(FaultCode.DiskFull, "no room");

    [Theory, EachWorld]
    public Task A_build_makes_everything_once(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await BuildAsync(world);
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(Built, await world.ThingsAsync());
                Assert.Equal(["take claim a", "take port a", "show a ACTIVE"], await world.DeedsAsync());
                Assert.All(world.Host.Orders, o => Assert.Equal(("server/a", 1), (o.Resource, o.Epoch)));
                Assert.Empty(world.Log.Errors);
            }
        );

    [Theory, EachWorld]
    public Task A_failed_step_shows_its_fault_first_then_all_is_undone_last_first(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = FailOn("guest a");
                world.Start();
                await BuildAsync(world);
                var end = await world.EndOfAsync("build");
                Assert.Equal((InstanceStatus.Failed, FaultCode.DiskFull), (end.Status, end.Fault!.Code));
                Assert.Empty(await world.ThingsAsync());
                Assert.Equal(
                    ["take claim a", "take port a", "show a ERROR DiskFull", "give back port a", "give back claim a"],
                    await world.DeedsAsync()
                );
                Assert.Equal(
                    ["Destroy guest a", "Destroy net a", "Destroy disk a"],
                    world.Host.Orders.Where(o => o.Name == nameof(Destroy)).Select(Name)
                );
            }
        );

    /// <summary>As after a restore: the host heard of a delete that the database knows nothing of any more.</summary>
    [Theory, EachWorld]
    public Task A_step_that_ends_cancelled_though_nobody_cancelled_the_run_is_a_fault_to_show(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = (order, _) =>
                    order.Name == nameof(Ensure)
                        ? throw new Fault(FaultCode.Cancelled, "cancelled")
                        : Task.CompletedTask;
                world.Start();
                await BuildAsync(world);
                var end = await world.EndOfAsync("build");
                Assert.Equal((InstanceStatus.Failed, FaultCode.Superseded), (end.Status, end.Fault!.Code));
                Assert.Empty(await world.ThingsAsync());
                Assert.Contains("show a ERROR Superseded", await world.DeedsAsync());
            }
        );

    [Theory, EachWorld]
    public Task The_undo_has_a_higher_epoch_than_the_build(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = FailOn("guest a");
                world.Start();
                await BuildAsync(world);
                await world.EndOfAsync("build");
                Assert.All(world.Host.Orders, o => Assert.Equal(o.Name == nameof(Destroy) ? 2 : 1, o.Epoch));
            }
        );

    [Theory, EachWorld]
    public Task A_step_that_may_have_happened_is_undone_too(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start(faults => faults.FailAt("Take", Full));
                await BuildAsync(world);
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(["show a ERROR DiskFull", "give back claim a"], await world.DeedsAsync());
            }
        );

    [Theory, EachWorld]
    public Task An_undo_is_repeated_until_it_is_done_past_the_deadline(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var tries = 0;
                var enough = kind == WorldKind.Simulated ? 60 : 4;
                world.Host.Before = (order, _) =>
                    Name(order) == "Ensure guest a" || (Name(order) == "Destroy net a" && ++tries < enough)
                        ? throw Full
                        : Task.CompletedTask;
                world.Start();
                await BuildAsync(world);
                var end = await world.EndOfAsync("build");
                Assert.Equal(InstanceStatus.Failed, end.Status);
                Assert.Equal(enough, end.Steps.Single(s => s.Name == "Destroy" && s.Attempt > 1).Attempt);
                Assert.Empty(await world.ThingsAsync());
                Assert.True(kind != WorldKind.Simulated || end.CompletedAt - end.CreatedAt > TimeSpan.FromMinutes(11));
            }
        );

    [Theory, EachWorld]
    public Task A_second_operation_on_a_held_resource_is_a_conflict_and_writes_nothing(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var free = new TaskCompletionSource();
                world.Host.Before = (_, _) => free.Task;
                world.Start();
                await BuildAsync(world);
                var fault = await Assert.ThrowsAsync<Fault>(() =>
                    world.OrderAsync(new Build("a", world.Host.Id), "second")
                );
                Assert.Equal(FaultCode.Conflict, fault.Code);
                Assert.Null(await world.StateAsync("second"));
                free.SetResult();
                await world.EndOfAsync("build");
                Assert.True(await world.OrderAsync(new Remove("a", world.Host.Id), "after"));
                await world.EndOfAsync("after");
            }
        );

    internal static Task BuildAsync(World world) => world.OrderAsync(new Build("a", world.Host.Id), "build");

    internal static string Name(HostOrder order) =>
        $"{order.Name} {order.Input.Split("\"Thing\":\"")[1].TrimEnd('}', '"')}";

    internal static Func<HostOrder, CancellationToken, Task> FailOn(string thing) =>
        (order, _) => Name(order) == $"Ensure {thing}" ? throw Full : Task.CompletedTask;
}
