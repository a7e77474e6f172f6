using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime.Timers;

public sealed class TimerTriggersTests
{
    private readonly Log log = new();

    [Fact]
    public void A_timer_runs_when_it_is_due_and_knows_when_it_is_next() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(EveryMinute));
            await world.StartAsync();
            world.Time.Advance(TimeSpan.FromSeconds(59));
            Assert.Empty(log.Runs);
            world.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.Equal(["00:01:00 next 00:02:00 late False", "00:02:00 next 00:03:00 late False"], log.Runs);
            await world.StopAsync();
        });

    [Fact]
    public void One_run_makes_up_for_all_that_were_missed_while_it_still_ran() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(EveryMinute));
            await world.StartAsync();
            log.Busy = new();
            world.Time.Advance(TimeSpan.FromMinutes(1));
            world.Time.Advance(TimeSpan.FromSeconds(150)); // 00:02 and 00:03 are missed
            log.Busy.SetResult();
            Assert.Equal(["00:01:00 next 00:02:00 late False", "00:02:00 next 00:04:00 late True"], log.Runs);
            await world.StopAsync();
        });

    [Fact]
    public void A_failed_run_does_not_end_the_timer() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(Failing));
            await world.StartAsync();
            world.Time.Advance(TimeSpan.FromMinutes(3));
            Assert.Equal(3, log.Runs.Count);
            await world.StopAsync();
        });

    [Fact]
    public void A_run_that_hangs_is_cancelled_after_the_function_timeout() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(EveryMinute));
            await world.StartAsync();
            log.Busy = new();
            world.Time.Advance(TimeSpan.FromMinutes(1) + FunctionsWorld.FunctionTimeout);
            Assert.Equal(2, log.Runs.Count);
            log.Busy.SetResult();
            await world.StopAsync();
        });

    [Fact]
    public void It_runs_at_start_when_it_says_so() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(AtStart));
            await world.StartAsync();
            Assert.Single(log.Runs);
            await world.StopAsync();
        });

    [Fact]
    public void A_schedule_may_stand_in_the_settings() =>
        Turns.Run(async () =>
        {
            using var world = World(
                typeof(BySetting),
                services =>
                    services.AddSingleton<IConfiguration>(
                        new ConfigurationBuilder()
                            .AddInMemoryCollection([KeyValuePair.Create("Schedule", (string?)"0 0 1 * * *")])
                            .Build()
                    )
            );
            await world.StartAsync();
            world.Time.Advance(TimeSpan.FromHours(1));
            Assert.Single(log.Runs);
            await world.StopAsync();
        });

    [Fact]
    public void A_schedule_that_is_malformed_does_not_start() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(Malformed));
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(world.StartAsync);
            Assert.Contains("function malformed", refused.Message);
            Assert.Contains("\"every\" is no second", refused.Message);
        });

    [Fact]
    public void A_stop_in_mid_run_cancels_it_and_is_done() =>
        Turns.Run(async () =>
        {
            using var world = World(typeof(EveryMinute));
            await world.StartAsync();
            log.Busy = new();
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await world.StopAsync().WaitAsync(TestContext.Current.CancellationToken);
            Assert.Single(log.Runs);
        });

    private FunctionsWorld World(Type function, Action<IServiceCollection>? add = null) =>
        new(
            services =>
            {
                services.AddSingleton(log);
                add?.Invoke(services);
            },
            function
        );

    private sealed class Log
    {
        public List<string> Runs { get; } = [];

        /// <summary>While set and not completed, runs last.</summary>
        public TaskCompletionSource? Busy { get; set; }

        public Task RunAsync(TimerInfo timer, CancellationToken ct)
        {
            var (last, next) = timer.ScheduleStatus;
            Runs.Add($"{last:HH:mm:ss} next {next:HH:mm:ss} late {timer.IsPastDue}");
            return Busy?.Task.WaitAsync(ct) ?? Task.CompletedTask;
        }
    }

    private sealed class EveryMinute(Log log)
    {
        [Function("minute")]
        public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken ct) =>
            log.RunAsync(timer, ct);
    }

    private sealed class AtStart(Log log)
    {
        [Function("at-start")]
        public Task RunAsync([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer) =>
            log.RunAsync(timer, CancellationToken.None);
    }

    private sealed class Failing(Log log)
    {
        [Function("failing")]
        public async Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer)
        {
            await log.RunAsync(timer, CancellationToken.None);
            throw new InvalidOperationException("it fails");
        }
    }

    private sealed class BySetting(Log log)
    {
        [Function("by-setting")]
        public Task RunAsync([TimerTrigger("%Schedule%")] TimerInfo timer) =>
            log.RunAsync(timer, CancellationToken.None);
    }

    private sealed class Malformed(Log log)
    {
        [Function("malformed")]
        public Task RunAsync([TimerTrigger("every * * * * *")] TimerInfo timer) =>
            log.RunAsync(timer, CancellationToken.None);
    }
}
