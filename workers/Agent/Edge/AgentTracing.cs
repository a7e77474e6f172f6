using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Pipeline.Agent.Edge;

/// <summary>Spans go to an OpenTelemetry collector when `OTEL_EXPORTER_OTLP_ENDPOINT` names one.</summary>
internal static class AgentTracing
{
    public static TracerProvider? Start(string host) =>
        Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 }
            ? null
            : Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(r => r.AddService("pipeline-agent", serviceInstanceId: host))
                .AddSource("Pipeline.Agent", "Pipeline.Drivers")
                .AddOtlpExporter()
                .Build();
}
