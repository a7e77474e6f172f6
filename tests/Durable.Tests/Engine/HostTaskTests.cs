using Pipeline.Contracts.Hosts;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class HostTaskTests
{
    private static readonly TimeSpan[] Lost = [];

    [Fact]
    public Task A_lost_order_is_sent_again_ever_more_seldom() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                var sent = new List<DateTimeOffset>();
                world.Deliveries = order =>
                {
                    if (SagaTests.Name(order) != "Ensure guest a")
                        return [TimeSpan.Zero];
                    sent.Add(world.Time.GetUtcNow());
                    return sent.Count < 4 ? Lost : [TimeSpan.Zero];
                };
                world.Start();
                await SagaTests.BuildAsync(world);
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                var gaps = sent.Zip(sent.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
                Assert.Equal(3, gaps.Count);
                Assert.InRange(gaps[0], 60, 61);
                Assert.InRange(gaps[1], 120, 121);
                Assert.InRange(gaps[2], 240, 241);
                Assert.Equal(1, world.Host.Orders.Count(o => SagaTests.Name(o) == "Ensure guest a"));
            }
        );

    [Fact]
    public Task A_lost_answer_is_had_from_the_hosts_journal() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                var lost = new HashSet<string>();
                world.Answers = answer => lost.Add(answer.ActivityId) ? Lost : [TimeSpan.Zero];
                world.Start();
                await SagaTests.BuildAsync(world);
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(3, world.Host.Orders.Count);
            }
        );

    [Theory, EachWorld]
    public Task Doubled_and_late_orders_and_answers_change_nothing(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var late = TimeSpan.FromMilliseconds(40);
                world.Deliveries = _ => [late, TimeSpan.Zero, late];
                world.Answers = _ => [TimeSpan.Zero, TimeSpan.Zero, late];
                world.Start();
                await SagaTests.BuildAsync(world);
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
                Assert.Equal(3, world.Host.Orders.Count);
                Assert.Equal(
                    3,
                    await world.CountAsync(
                        "history WHERE kind = 'TaskCompleted' AND data = '{}' AND task_id IN (3, 4, 5)"
                    )
                );
                Assert.Equal(["take claim a", "take port a", "show a ACTIVE"], await world.DeedsAsync());
                Assert.Empty(world.Log.Errors);
            }
        );

    [Theory, EachWorld]
    public Task Answers_from_another_host_or_to_another_try_are_dropped(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var free = new TaskCompletionSource();
                world.Host.Before = (_, _) => free.Task;
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(() => Task.FromResult(world.Host.Orders.Count == 1));
                var order = world.Host.Orders[0];
                var forged = new HostAnswer(order.ActivityId, order.Attempt, "{}", null, 0);
                await world.Now.Client.AnswerAsync(new HostId(Guid.Empty), forged);
                await world.Now.Client.AnswerAsync(world.Host.Id, forged with { Attempt = 7 });
                await world.Now.Client.AnswerAsync(world.Host.Id, forged with { ActivityId = "build/0/99" });
                var fault = await Assert.ThrowsAsync<Fault>(() =>
                    world.Now.Client.AnswerAsync(world.Host.Id, forged with { ActivityId = "nonsense" })
                );
                Assert.Equal(FaultCode.BadRequest, fault.Code);
                Assert.Equal(2, await world.CountAsync("tasks"));
                free.SetResult();
                Assert.Equal(InstanceStatus.Completed, (await world.EndOfAsync("build")).Status);
            }
        );

    [Theory, EachWorld]
    public Task A_host_steps_retry_is_another_try_of_the_same_activity(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Host.Before = (order, _) =>
                    SagaTests.Name(order) == "Ensure net a" && order.Attempt < 3
                        ? throw new Fault(FaultCode.Unavailable, "busy")
                        : Task.CompletedTask;
                world.Start();
                await SagaTests.BuildAsync(world);
                var end = await world.EndOfAsync("build");
                Assert.Equal(InstanceStatus.Completed, end.Status);
                Assert.Equal(3, end.Steps.Max(s => s.Attempt));
                var tries = world.Host.Orders.Where(o => SagaTests.Name(o) == "Ensure net a").ToList();
                Assert.Single(tries.Select(o => o.ActivityId).Distinct());
                Assert.Equal([1, 2, 3], tries.Select(o => o.Attempt));
            }
        );

    [Theory, EachWorld]
    public Task An_order_carries_what_the_host_needs_to_believe_it(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await SagaTests.BuildAsync(world);
                var end = await world.EndOfAsync("build");
                var order = world.Host.Orders.Single(o => SagaTests.Name(o) == "Ensure guest a");
                Assert.Equal(("build/0/5", 1, 1), (order.ActivityId, order.Attempt, order.Epoch));
                Assert.Equal(new Guid("11111111-2222-4333-8444-555555555555"), Assert.Single(order.Secrets).Value);
                Assert.Equal(end.CreatedAt + TimeSpan.FromMinutes(10), order.Deadline);
                Assert.DoesNotContain("Secrets", order.Input);
            }
        );

    [Fact]
    public Task A_host_that_never_answers_is_a_step_that_failed_by_the_deadline() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                var away = true;
                world.Options = world.Options with { Poll = TimeSpan.FromMinutes(2) };
                world.Deliveries = _ => away ? Lost : [TimeSpan.Zero];
                world.Start();
                await SagaTests.BuildAsync(world);
                await world.UntilAsync(async () => (await world.DeedsAsync()).Contains("show a ERROR Timeout"));
                // The undo waits for the host, without deadline.
                await Task.Delay(TimeSpan.FromHours(30), world.Time, CancellationToken.None);
                Assert.Equal(InstanceStatus.Running, (await world.StateAsync("build"))!.Status);
                away = false;
                Assert.Equal(InstanceStatus.Failed, (await world.EndOfAsync("build")).Status);
                Assert.Empty(await world.ThingsAsync());
            }
        );

    [Fact]
    public Task An_order_that_never_left_is_cancelled_at_once() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Host.Before = (order, _) =>
                    order.Name == nameof(Ensure) ? throw new Fault(FaultCode.Unavailable, "busy") : Task.CompletedTask;
                world.Start();
                await SagaTests.BuildAsync(world);
                // Between two tries no host knows of the step.
                await world.UntilAsync(async () =>
                    await world.CountAsync("tasks WHERE attempt = 4 AND sends = 0") == 2
                );
                await world.CancelAsync("build");
                var end = await world.EndOfAsync("build");
                Assert.InRange((end.CompletedAt!.Value - end.CreatedAt).TotalSeconds, 0, 4);
            }
        );
}
