using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;

namespace Pipeline.Durable.Tests.Engine;

public sealed class TimerTests
{
    [Theory, EachWorld]
    public Task A_timer_fires_when_it_is_due_and_not_before(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                var nap = TimeSpan.FromMilliseconds(kind != WorldKind.Simulated ? 120 : 1);
                world.Start();
                await world.OrderAsync(new Nap(nap), "nap");
                var end = await world.EndOfAsync("nap");
                Assert.Equal(InstanceStatus.Completed, end.Status);
                Assert.True(end.CompletedAt - end.CreatedAt >= nap);
                Assert.Equal(0, await world.CountAsync("inbox"));
            }
        );

    [Fact]
    public Task A_timer_has_no_longest_time_and_outlives_its_process() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                // Else the world would do little but look and renew.
                world.Options = world.Options with
                {
                    Poll = TimeSpan.FromHours(1),
                    Watch = TimeSpan.FromHours(1),
                    RetryParked = TimeSpan.FromHours(1),
                };
                world.Lease = TimeSpan.FromHours(1);
                world.Start();
                await world.OrderAsync(new Nap(TimeSpan.FromDays(60)), "nap");
                await Task.Delay(TimeSpan.FromDays(1), world.Time, CancellationToken.None);
                await world.KillAsync();
                await Task.Delay(TimeSpan.FromDays(1), world.Time, CancellationToken.None);
                world.Start();
                for (var times = 0; times < 3; times++)
                    await Task.Delay(TimeSpan.FromDays(19), world.Time, CancellationToken.None);
                Assert.Equal(InstanceStatus.Running, (await world.StateAsync("nap"))!.Status);
                var end = await world.EndOfAsync("nap");
                Assert.InRange(
                    end.CompletedAt!.Value - end.CreatedAt,
                    TimeSpan.FromDays(60),
                    TimeSpan.FromDays(60.001)
                );
            }
        );

    [Fact]
    public Task Many_timers_of_one_time_all_fire() =>
        Run.InAsync(
            WorldKind.Simulated,
            async world =>
            {
                world.Start();
                for (var i = 0; i < 200; i++)
                    await world.OrderAsync(new Nap(TimeSpan.FromMinutes(2)), $"nap{i}");
                for (var i = 0; i < 200; i++)
                {
                    var end = await world.EndOfAsync($"nap{i}");
                    Assert.InRange((end.CompletedAt!.Value - end.CreatedAt).TotalSeconds, 120, 120.1);
                }
            }
        );

    [Theory, EachWorld]
    public Task A_cancelled_timer_is_deleted(WorldKind kind) =>
        Run.InAsync(
            kind,
            async world =>
            {
                world.Start();
                await world.OrderAsync(new Letters(TimeSpan.FromHours(20)), "letters");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 1);
                await world.RaiseAsync("letters", "letter", "a", "1");
                await world.UntilAsync(async () => await world.CountAsync("inbox WHERE kind = 'TimerFired'") == 0);
                await world.RaiseAsync("letters", "letter", "b", "2");
                Assert.Equal("\"a, b\"", (await world.EndOfAsync("letters")).Output);
            }
        );
}
