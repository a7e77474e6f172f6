using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Queues;

/// <summary>
/// Feeds one function from its queue: a batch at a time, the next one when few still run; it looks less often the longer
/// the queue is empty, and at once when the bell rings.
/// </summary>
internal sealed partial class QueuePoller(
    QueueFunction function,
    Func<QueueMessage, Task> bury,
    QueueSettings settings,
    FunctionRunner runner,
    Bell bell,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private readonly IQueue queue = function.Queues.Open(function.Queue);
    private readonly HashSet<Task> running = [];

    /// <param name="receiving">Ends the loop; what runs is awaited.</param>
    /// <param name="handling">Cancels what runs.</param>
    public async Task LoopAsync(CancellationToken receiving, CancellationToken handling)
    {
        var pause = TimeSpan.Zero;
        while (!receiving.IsCancellationRequested)
        {
            running.RemoveWhere(run => run.IsCompleted);
            if (running.Count > settings.NewBatchThreshold)
                await Task.WhenAny(running);
            else if (await ReceiveAsync(handling, receiving))
                pause = TimeSpan.Zero;
            else
                await bell.WaitAsync(pause = Longer(pause), receiving);
        }
        await Task.WhenAll(running);
    }

    private TimeSpan Longer(TimeSpan pause)
    {
        var longer = pause * 2;
        return longer < ShortestPause ? ShortestPause
            : longer > settings.MaxPollingInterval ? settings.MaxPollingInterval
            : longer;
    }

    /// <summary>Takes a batch and starts its runs; false when there was nothing, or the queue could not be asked.</summary>
    private async Task<bool> ReceiveAsync(CancellationToken handling, CancellationToken ct)
    {
        try
        {
            var messages = await queue.ReceiveAsync(settings.BatchSize, HeldMessage.Hold, ct);
            foreach (var message in messages)
                running.Add(HandleAsync(message, handling));
            return messages.Count > 0;
        }
        catch (Fault fault) when (fault is { Code: FaultCode.NotFound })
        {
            return await CreateAsync(ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            Log.Unreachable(logger, exception, queue.Name);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> CreateAsync(CancellationToken ct)
    {
        try
        {
            await queue.CreateAsync(ct);
        }
        catch (Exception exception)
        {
            Log.Unreachable(logger, exception, queue.Name);
        }
        return false;
    }

    private async Task HandleAsync(QueueMessage message, CancellationToken handling)
    {
        try
        {
            await using var held = new HeldMessage(queue, message, time);
            // It was received too often and never finished: it kills its host, so it is not run again.
            var spent = message.DequeueCount > settings.MaxDequeueCount;
            var succeeded = !spent && await RunAsync(message, held, handling);
            if (await held.ReleaseAsync() is { } mine)
                await FinishAsync(mine, succeeded, handling.IsCancellationRequested);
            else
                Log.Lost(logger, queue.Name, message.MessageId);
        }
        catch (Exception exception)
        {
            Log.NotFinished(logger, exception, queue.Name, message.MessageId); // it will be seen again
        }
    }

    private async Task<bool> RunAsync(QueueMessage message, HeldMessage held, CancellationToken handling)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(handling, held.Lost);
        var run = new FunctionRun(function.Name, "queue", ActivityKind.Consumer);
        return await runner.RunAsync(run, ct => function.Run(new(message, ct)), stop.Token);
    }

    private async Task FinishAsync(QueueMessage message, bool succeeded, bool stopped)
    {
        if (succeeded)
            await queue.DeleteAsync(message);
        else if (stopped)
            await queue.RenewAsync(message, TimeSpan.Zero); // another host takes it at once
        else if (message.DequeueCount >= settings.MaxDequeueCount)
        {
            await bury(message);
            await queue.DeleteAsync(message);
            Log.Poisoned(logger, queue.Name, message.MessageId, message.DequeueCount);
        }
        else
            await queue.RenewAsync(message, settings.VisibilityTimeout);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "queue {Queue} could not be asked")]
        public static partial void Unreachable(ILogger logger, Exception exception, string queue);

        [LoggerMessage(LogLevel.Warning, "queue {Queue}: message {Message} was taken by another host")]
        public static partial void Lost(ILogger logger, string queue, string message);

        [LoggerMessage(
            LogLevel.Warning,
            "queue {Queue}: message {Message} was handled but not finished; it comes again"
        )]
        public static partial void NotFinished(ILogger logger, Exception exception, string queue, string message);

        [LoggerMessage(LogLevel.Error, "queue {Queue}: message {Message} failed {Count} times and is poison")]
        public static partial void Poisoned(ILogger logger, string queue, string message, long count);
    }
}
