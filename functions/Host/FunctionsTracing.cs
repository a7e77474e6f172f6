using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Pipeline.Functions;

/// <summary>Spans go to an OpenTelemetry collector when `OTEL_EXPORTER_OTLP_ENDPOINT` names one.</summary>
internal static class FunctionsTracing
{
    public static TracerProvider? Start() =>
        Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 }
            ? null
            : Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(r => r.AddService("pipeline-functions"))
                .AddSource("Pipeline.Functions", "Pipeline.Durable", "Pipeline.Data")
                .AddOtlpExporter()
                .Build();
}
