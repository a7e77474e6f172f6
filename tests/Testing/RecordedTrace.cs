using System.Diagnostics;

namespace Pipeline.Testing;

/// <summary>The spans of one trace as they end, from whatever process of the test; a caller outside it began the trace.</summary>
public sealed class RecordedTrace : IDisposable
{
    private readonly ActivityTraceId trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId caller = ActivitySpanId.CreateRandom();
    private readonly List<Activity> spans = [];
    private readonly ActivityListener listener;

    public RecordedTrace()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Pipeline."),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>What the caller sends as its `traceparent`.</summary>
    public string TraceParent => $"00-{trace}-{caller}-01";

    public IReadOnlyList<Activity> Spans
    {
        get
        {
            lock (spans)
                return [.. spans];
        }
    }

    /// <summary>Every span as the names from the caller down to it, in the order of their text.</summary>
    public IReadOnlyList<string> Paths => [.. Spans.Select(PathOf).Order(StringComparer.Ordinal)];

    /// <exception cref="InvalidOperationException">The trace has a gap: a span's parent was never emitted.</exception>
    public string PathOf(Activity span)
    {
        if (span.ParentSpanId == caller)
            return span.DisplayName;
        var parent =
            Spans.FirstOrDefault(s => s.SpanId == span.ParentSpanId)
            ?? throw new InvalidOperationException($"the parent of '{span.DisplayName}' is not in the trace");
        return $"{PathOf(parent)} > {span.DisplayName}";
    }

    public void Dispose() => listener.Dispose();

    private void Keep(Activity span)
    {
        if (span.TraceId != trace)
            return;
        lock (spans)
            spans.Add(span);
    }
}
