using System.Diagnostics;

namespace Pipeline.Runtime.Edge;

/// <summary>Makes spans exist when no exporter listens, so that logs and messages still carry their trace's id.</summary>
internal sealed class TraceIds : IDisposable
{
    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = source => source.Name.StartsWith("Pipeline."),
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    public TraceIds() => ActivitySource.AddActivityListener(listener);

    public void Dispose() => listener.Dispose();
}
