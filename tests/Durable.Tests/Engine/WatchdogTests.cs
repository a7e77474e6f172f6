using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

/// <summary>What the watchdog takes for stuck, and what only waits.</summary>
public sealed class WatchdogTests
{
    [Theory, EachWorld]
    public Task What_waits_for_a_timer_an_event_a_step_or_a_resource_is_not_stuck(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Oracle.On("why", LateAsync);
                world.Deliveries = _ => [];
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "nap");
                await world.OrderAsync(new Letters(TimeSpan.FromHours(20)), "letters");
                await world.OrderAsync(new Question("why"), "question");
                await world.OrderAsync(new Build("a", world.Host.Id), "build");
                await world.OrderAsync(new Remove("a", world.Host.Id), "remove", queue: true);
                await world.WhenAsync("build", s => s.Steps.Any(step => step.Host == world.Host.Id));
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 2);
                await world.WhenAsync("question", s => s.Steps is [_]);
                Assert.Equal(1, await world.CountAsync("instances WHERE waits = 'letter'"));
                var found = await LookAsync(world);
                Assert.Empty(found.Stuck);
                Assert.Equal((0, 0, 0), (found.Blocked, found.Suspended, found.Overdue(InstanceStatus.Running)));
                foreach (var id in new[] { "letters", "build", "question" })
                    await world.CancelAsync(id);

                async Task<string> LateAsync(int call, CancellationToken ct)
                {
                    await Task.Delay(TimeSpan.FromHours(1), world.Time, ct);
                    return "late";
                }
            }
        );

    [Theory, EachWorld]
    public Task An_instance_whose_news_were_lost_is_found_and_its_deadline_alone_does_not_count(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "nap");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                await world.Store.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM inbox WHERE kind = 'TimerFired'"));
                Assert.Equal(["nap"], (await LookAsync(world)).Stuck);
                await world.CancelAsync("nap");
                Assert.Empty((await LookAsync(world)).Stuck);
            }
        );

    [Fact]
    public Task Who_awaits_no_event_any_more_says_so() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(20)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("instances WHERE waits IS NOT NULL") == 1);
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.RaiseAsync("letters", "letter", "b", "2");
                await world.EndOfAsync("letters");
                Assert.Equal(0, await world.CountAsync("instances WHERE waits IS NOT NULL"));
            }
        );

    [Fact]
    public Task What_is_late_is_counted_by_its_status_and_what_is_blocked_apart() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Lease = TimeSpan.FromHours(1);
                world.Options = world.Options with { Poll = TimeSpan.FromMinutes(10) };
                world.Start(code: TestCode.With(typeof(Variants.AsRecorded)));
                await world.OrderAsync(new Trip(), "trip");
                await world.WhenAsync("trip", s => s.Steps is [{ EndedAt: not null }]);
                await world.StopAsync();
                world.Start(code: TestCode.With(typeof(Variants.OtherStep)));
                await world.RaiseAsync("trip", "word", "go", "1");
                await world.WhenAsync("trip", s => s.Blocked is not null);
                var parked = await LookAsync(world);
                Assert.Equal((1, 0, 0), (parked.Blocked, parked.Suspended, parked.Overdue(InstanceStatus.Suspended)));
                await Task.Delay(TimeSpan.FromDays(1), world.Time, CancellationToken.None);
                Assert.Equal(1, (await LookAsync(world)).Overdue(InstanceStatus.Suspended));
            }
        );

    [Fact]
    public Task What_another_functions_host_runs_is_its_own_to_watch() =>
        SeveralHostsTests.InAsync(
            WorldKind.Simulated,
            async (world, other) =>
            {
                await world.OrderAsync(new Nap(TimeSpan.FromHours(1)), "nap");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                await world.Store.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM inbox WHERE kind = 'TimerFired'"));
                Assert.Equal(["nap"], (await LookAsync(world)).Stuck);
                Assert.Empty((await LookAsync(world, other)).Stuck);
                await world.CancelAsync("nap");
            }
        );

    private static Task<Findings> LookAsync(World world, FunctionsHost? host = null) =>
        new Watchdog(
            world.Store,
            (host ?? world.Now).Parts,
            TimeSpan.FromSeconds(30),
            world.Time,
            NullLogger.Instance
        ).LookAsync();
}
