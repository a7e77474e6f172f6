using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Pipeline.Agent.Edge;

/// <summary>
/// Spans go to an OpenTelemetry collector when `OTEL_EXPORTER_OTLP_ENDPOINT` names one; they exist in any case, so that logs
/// carry their trace's id.
/// </summary>
internal sealed class AgentTracing : IDisposable
{
    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = source => source.Name is "Pipeline.Agent" or "Pipeline.Drivers",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };
    private readonly TracerProvider? exporter;

    private AgentTracing(TracerProvider? exporter)
    {
        this.exporter = exporter;
        ActivitySource.AddActivityListener(listener);
    }

    public static AgentTracing Start(string host) =>
        new(
            Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 }
                ? null
                : Sdk.CreateTracerProviderBuilder()
                    .ConfigureResource(r => r.AddService("pipeline-agent", serviceInstanceId: host))
                    .AddSource("Pipeline.Agent", "Pipeline.Drivers")
                    .AddOtlpExporter()
                    .Build()
        );

    /// <summary>What was not exported yet goes out.</summary>
    public void Dispose()
    {
        listener.Dispose();
        exporter?.Dispose();
    }
}
