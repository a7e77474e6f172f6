using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Queues;

/// <summary>A received message, kept hidden while its function runs. When somebody else has it, the run is cancelled.</summary>
internal sealed class HeldMessage : IAsyncDisposable
{
    /// <summary>After a crash the message is seen again this much later, at most.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource released = new();
    private readonly CancellationTokenSource lost = new();
    private readonly IQueue queue;
    private readonly TimeProvider time;
    private readonly Task renewing;
    private QueueMessage message;

    public HeldMessage(IQueue queue, QueueMessage message, TimeProvider time)
    {
        this.queue = queue;
        this.message = message;
        this.time = time;
        renewing = RenewAsync();
    }

    /// <summary>Cancelled when the message could not be kept.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Stops renewing; the message as it is held now, or null when it was lost.</summary>
    public async Task<QueueMessage?> ReleaseAsync()
    {
        released.Cancel();
        await renewing;
        return lost.IsCancellationRequested ? null : message;
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        released.Dispose();
        lost.Dispose();
    }

    private async Task RenewAsync()
    {
        var until = time.GetUtcNow() + Hold;
        while (!released.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Hold / 3, time, released.Token);
                message = await queue.RenewAsync(message, Hold, CancellationToken.None);
                until = time.GetUtcNow() + Hold;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            // Gone, or another holder's; an unreachable service is asked again as long as the message is surely hidden.
            catch (Fault fault)
                when (fault.Code is FaultCode.NotFound or FaultCode.Conflict || time.GetUtcNow() >= until)
            {
                lost.Cancel();
                return;
            }
            catch (Fault)
            {
                continue;
            }
        }
    }
}
