using Pipeline.Durable.Hub;
using Pipeline.Testing.Simulation;

namespace Pipeline.Durable.Tests.Engine;

public sealed class WakingTests
{
    [Fact]
    public async Task A_key_that_waits_is_taken_once_however_often_it_was_named()
    {
        var work = new WorkSet<string>();
        work.Add("a");
        work.Add("a");
        Assert.Equal(["a"], await work.TakeAsync(2, TestContext.Current.CancellationToken));
        work.Done("a");
        await AssertNothingReadyAsync(work);
    }

    [Fact]
    public async Task A_key_named_while_it_is_worked_on_is_taken_once_more_and_not_before_it_is_done()
    {
        var work = new WorkSet<string>();
        work.Add("a");
        await work.TakeAsync(2, TestContext.Current.CancellationToken);
        work.Add("a");
        work.Add("a");
        await AssertNothingReadyAsync(work);
        work.Done("a");
        Assert.Equal(["a"], await work.TakeAsync(2, TestContext.Current.CancellationToken));
        work.Done("a");
        await AssertNothingReadyAsync(work);
    }

    [Fact]
    public void An_alarm_rings_at_the_earliest_time_set_since_it_was_armed()
    {
        Assert.Equal(60, Rings());
        Assert.Equal(5, Rings(before: 5));
        Assert.Equal(5, Rings(during: 5));
        Assert.Equal(2, Rings(before: 5, during: 2));
        Assert.Equal(60, Rings(before: 90, during: 100));
        Assert.Equal(1, Rings(during: 1, stopped: 1));

        static double Rings(int? before = null, int? during = null, int? stopped = null)
        {
            var world = new SimulationContext(1);
            var began = world.Time.GetUtcNow();
            var alarm = new AlarmClock(world.Time);
            using var stop = new CancellationTokenSource();
            world.Run(async () =>
            {
                alarm.Set(began);
                alarm.Arm();
                if (before is { } early)
                    alarm.Set(began + TimeSpan.FromSeconds(early));
                var wait = alarm.WaitAsync(began + TimeSpan.FromSeconds(60), stop.Token);
                if (during is { } late && stopped is null)
                    alarm.Set(began + TimeSpan.FromSeconds(late));
                if (stopped is { } when)
                {
                    await Task.Delay(TimeSpan.FromSeconds(when), world.Time, CancellationToken.None);
                    stop.Cancel();
                }
                await wait;
            });
            Assert.Equal(0, world.Time.Timers);
            return (world.Time.GetUtcNow() - began).TotalSeconds;
        }
    }

    private static async Task AssertNothingReadyAsync(WorkSet<string> work)
    {
        using var stop = new CancellationTokenSource();
        var take = work.TakeAsync(2, stop.Token).AsTask();
        Assert.False(take.IsCompleted);
        stop.Cancel();
        Assert.Empty(await take);
    }
}
