using Microsoft.Extensions.Hosting;

namespace Pipeline.Runtime.Queues;

/// <summary>Runs queue functions while the host runs; at its stop what runs may finish, until the host's patience ends.</summary>
internal sealed class QueueTriggers(IReadOnlyList<QueuePoller> pollers, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource receiving = new();
    private readonly CancellationTokenSource handling = new();
    private Task loops = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        loops = Task.WhenAll(pollers.Select(poller => poller.LoopAsync(receiving.Token, handling.Token)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        receiving.Cancel();
        try
        {
            await loops.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            handling.Cancel();
            await Task.WhenAny(loops, Task.Delay(LastGrace, time, CancellationToken.None));
        }
    }

    public void Dispose()
    {
        receiving.Dispose();
        handling.Dispose();
    }
}
