using System.Diagnostics;

namespace Pipeline.Runtime.Edge;

/// <summary>Makes spans exist when no exporter listens, so that logs and messages still carry their trace's id.</summary>
internal sealed class TraceIds : IDisposable
{
    private readonly ActivityListener listener = new()
    {
        // Nothing is logged or sent under the spans of single writes.
        ShouldListenTo = source => source.Name.StartsWith("Pipeline.") && source.Name != "Pipeline.Data",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    public TraceIds() => ActivitySource.AddActivityListener(listener);

    public void Dispose() => listener.Dispose();
}
