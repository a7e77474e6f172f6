using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pipeline.Runtime.Http;
using Pipeline.Runtime.Metrics;

namespace Pipeline.Runtime;

/// <summary>Runs a function that no client waits for: under its deadline, with a span, and with its failure logged whole.</summary>
internal sealed partial class FunctionRunner(TimeSpan? limit, TimeProvider time, ILogger logger)
{
    private static readonly ActivitySource Source = new(ServerSpan.SourceName);

    /// <summary>True when it succeeded. Never throws; a run that ended because the host stops is not a success.</summary>
    public async Task<bool> RunAsync(
        FunctionRun run,
        Func<CancellationToken, Task> function,
        CancellationToken stopping
    )
    {
        using var span = Source.StartActivity(run.Function, run.Kind, run.Parent);
        using var deadline = limit is { } wait
            ? new CancellationTokenSource(wait, time)
            : new CancellationTokenSource();
        await using var stop = stopping.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(),
            deadline
        );
        var started = time.GetTimestamp();
        var succeeded = false;
        try
        {
            await function(deadline.Token);
            succeeded = true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.Stopped(logger, run.Function);
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            Log.Failed(logger, exception, run.Function);
        }
        FunctionMetrics.Ran(run, time.GetElapsedTime(started), succeeded);
        return succeeded;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Function} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string function);

        [LoggerMessage(LogLevel.Information, "{Function} stopped with the host")]
        public static partial void Stopped(ILogger logger, string function);
    }
}

/// <param name="Trigger">`timer` or `queue`.</param>
/// <param name="Parent">The trace that the message came from.</param>
internal sealed record FunctionRun(
    string Function,
    string Trigger,
    ActivityKind Kind,
    ActivityContext Parent = default
);
