using System.Diagnostics;

namespace Pipeline.Drivers.Tests;

/// <summary>The drivers' spans in one caller's trace, as they end.</summary>
internal sealed class CommandSpans : IDisposable
{
    private readonly List<Activity> ended = [];
    private readonly ActivityListener listener;

    public CommandSpans(Activity caller)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pipeline.Drivers",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.TraceId == caller.TraceId)
                    lock (ended)
                        ended.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyList<Activity> Named(string name)
    {
        lock (ended)
            return [.. ended.Where(span => span.OperationName == name)];
    }

    public void Dispose() => listener.Dispose();
}
