using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Pipeline.Runtime.Timers;

/// <summary>
/// Runs timer functions when they are due: one run of a function at a time, and however many it missed meanwhile, one run
/// makes up for them. Each functions host runs its own; what a timer does is idempotent.
/// </summary>
internal sealed class TimerTriggers(IReadOnlyList<TimerFunction> timers, FunctionRunner runner, TimeProvider time)
    : IHostedService,
        IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan Punctual = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource stopping = new();
    private Task loops = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        loops = Task.WhenAll(timers.Select(LoopAsync));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        stopping.Cancel();
        await loops.WaitAsync(cancellationToken);
    }

    public void Dispose() => stopping.Dispose();

    private async Task LoopAsync(TimerFunction timer)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? due = timer.RunOnStartup ? now : timer.Schedule.Next(now);
        while (due is { } at && await ReachAsync(at))
        {
            now = time.GetUtcNow();
            due = timer.Schedule.Next(now);
            var info = new TimerInfo(new(at, due ?? DateTimeOffset.MaxValue), IsPastDue: now - at >= Punctual);
            await runner.RunAsync(
                new(timer.Name, "timer", ActivityKind.Internal),
                ct => timer.Run(new(info, ct)),
                stopping.Token
            );
        }
    }

    /// <summary>False when the host stops first.</summary>
    private async Task<bool> ReachAsync(DateTimeOffset at)
    {
        try
        {
            while (at - time.GetUtcNow() is { Ticks: > 0 } wait)
                await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        return !stopping.IsCancellationRequested;
    }
}
