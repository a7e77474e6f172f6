using Pipeline.Testing.Simulation;

namespace Pipeline.Durable.Tests;

public sealed class SimulationTests
{
    [Fact]
    public void Time_jumps_to_what_is_due_and_stands_still_while_there_is_work()
    {
        var world = new SimulationContext(1);
        var began = world.Time.GetUtcNow();
        world.Run(async () =>
        {
            await Task.WhenAll(DelayAsync(3), DelayAsync(1), DelayAsync(2));
            for (var i = 0; i < 100; i++)
                await Task.Yield();
            Assert.Equal(TimeSpan.FromDays(3), world.Time.GetUtcNow() - began);
            Assert.Equal(TimeSpan.FromDays(3), world.Time.GetElapsedTime(0));
        });
        Assert.Equal(["1", "2", "3"], world.Log.Lines.Select(l => l[^1..]));
        Assert.Equal(0, world.Alive);

        async Task DelayAsync(int days)
        {
            await Task.Delay(TimeSpan.FromDays(days), world.Time, CancellationToken.None);
            world.Log.Add($"{days}");
        }
    }

    [Fact]
    public void Timers_repeat_change_and_end()
    {
        var world = new SimulationContext(1);
        world.Run(async () =>
        {
            var rings = new List<double>();
            var began = world.Time.GetUtcNow();
            var timer = world.Time.CreateTimer(
                _ => rings.Add((world.Time.GetUtcNow() - began).TotalSeconds),
                null,
                TimeSpan.FromSeconds(1),
                TimeSpan.FromSeconds(2)
            );
            await Task.Delay(TimeSpan.FromSeconds(6), world.Time, CancellationToken.None);
            timer.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
            await Task.Delay(TimeSpan.FromSeconds(60), world.Time, CancellationToken.None);
            Assert.Equal([1, 3, 5, 16], rings);
            timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            await timer.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(60), world.Time, CancellationToken.None);
            Assert.Equal(4, rings.Count);
        });
    }

    [Fact]
    public void A_cancelled_delay_leaves_no_timer()
    {
        var world = new SimulationContext(1);
        world.Run(async () =>
        {
            using var stop = new CancellationTokenSource();
            var delay = Task.Delay(TimeSpan.FromDays(1), world.Time, stop.Token);
            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(1), world.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                Task.Delay(TimeSpan.FromDays(1), world.Time, late.Token)
            );
        });
        Assert.Equal(0, world.Alive);
    }

    [Fact]
    public void The_seed_alone_decides_the_order()
    {
        Assert.Equal(Order(1), Order(1));
        Assert.Contains(Enumerable.Range(2, 20), seed => Order(seed) != Order(1));

        static string Order(int seed)
        {
            var world = new SimulationContext(seed) { LogsSteps = true };
            world.Run(() => Task.WhenAll(Enumerable.Range(0, 6).Select(SpeakAsync)));
            return world.Log.Text;

            async Task SpeakAsync(int name)
            {
                await Task.Yield();
                world.Log.Add($"{name}");
            }
        }
    }

    [Fact]
    public void Nothing_ready_and_no_timer_is_a_deadlock_that_names_who_waits()
    {
        var world = new SimulationContext(4);
        var deadlock = Assert.Throws<SimulationException>(() =>
            world.Run(async () =>
            {
                _ = world.Start("the miller", () => new TaskCompletionSource().Task);
                await new TaskCompletionSource().Task;
            })
        );
        Assert.Contains("the miller, main", deadlock.Message);
        Assert.Contains("seed 4", deadlock.Message);
    }

    [Fact]
    public void A_world_without_end_is_stopped()
    {
        var world = new SimulationContext(1, maxSteps: 1_000);
        var endless = Assert.Throws<SimulationException>(() =>
            world.Run(async () =>
            {
                while (true)
                    await Task.Yield();
            })
        );
        Assert.Contains("1000 steps", endless.Message);
    }

    [Fact]
    public void What_comes_back_from_another_thread_fails_the_run()
    {
        var world = new SimulationContext(1);
        var escape = Assert.Throws<SimulationException>(() =>
            world.Run(async () =>
            {
                var elsewhere = new TaskCompletionSource();
                var thread = new Thread(elsewhere.SetResult);
                thread.Start();
                thread.Join();
                // A second one, that completes while it is awaited.
                var late = new TaskCompletionSource();
                var other = new Thread(() => late.SetResult());
                var wait = AwaitedAsync(late.Task);
                other.Start();
                other.Join();
                await wait;
            })
        );
        Assert.Contains("another thread", escape.Message);
    }

    [Theory]
    [InlineData("SemaphoreSlim.WaitAsync with a token")]
    [InlineData("WhenAny over a source that completes asynchronously")]
    public void What_goes_through_the_thread_pool_fails_the_run(string what)
    {
        var world = new SimulationContext(1);
        Assert.Throws<SimulationException>(() => world.Run(() => HopAsync(what)));
    }

    private static async Task HopAsync(string what)
    {
        using var stop = new CancellationTokenSource();
        using var turn = new SemaphoreSlim(0);
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (what.StartsWith('S'))
        {
            // It is awaited before it completes: the pool would else be quick enough at times to leave nothing to wait for.
            var wait = AwaitedAsync(turn.WaitAsync(stop.Token));
            turn.Release();
            await wait;
        }
        else
        {
            var any = AwaitedAsync(Task.WhenAny(source.Task, new TaskCompletionSource().Task));
            source.SetResult();
            await any;
        }
    }

    private static async Task AwaitedAsync(Task task) => await task;

    [Fact]
    public void A_failure_beside_the_main_line_fails_the_run()
    {
        var world = new SimulationContext(1);
        Assert.Throws<InvalidOperationException>(() =>
            world.Run(async () =>
            {
                _ = world.Start(
                    "beside",
                    async () =>
                    {
                        await Task.Yield();
                        throw new InvalidOperationException("beside");
                    }
                );
                await Task.Delay(TimeSpan.FromDays(1), world.Time, CancellationToken.None);
            })
        );
    }
}
