using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Pipeline.Agent.Edge;
using Pipeline.Functions;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Host;

/// <summary>Spans and logs as they leave the two processes.</summary>
public sealed class ExportTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Read by nobody else in this process; the sources are the processes' own.
    private static readonly ActivitySource Functions = new("Pipeline.Functions");
    private static readonly ActivitySource Drivers = new("Pipeline.Drivers");

    [Fact]
    public async Task Functions_host_and_agent_export_where_the_environment_names_a_collector()
    {
        await using var collector = await Collector.StartAsync();
        Environment.SetEnvironmentVariable(Endpoint, collector.Endpoint);
        Environment.SetEnvironmentVariable(Protocol, "http/protobuf");
        try
        {
            string request,
                command;
            using (FunctionsTracing.Start())
                request = Emit(Functions, "GET /compute/v2.1/servers");
            using (AgentTracing.Start("metal-1"))
                command = Emit(Drivers, "qemu-img");
            Assert.True(collector.HasTrace(request, "GET /compute/v2.1/servers", "pipeline-functions"));
            Assert.True(collector.HasTrace(command, "qemu-img", "pipeline-agent", "metal-1"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Endpoint, null);
            Environment.SetEnvironmentVariable(Protocol, null);
        }
    }

    [Fact]
    public void An_agents_log_line_carries_its_steps_trace_without_a_collector()
    {
        using var output = new MemoryStream();
        using var tracing = AgentTracing.Start("metal-1");
        using var console = new JsonConsole(output, MachineTime.Clock);
        using var span = Drivers.StartActivity("ip");
        console.CreateLogger("agent").LogInformation("at work");
        var line = JsonElement.Parse(Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(span!.TraceId.ToString(), line.GetProperty("traceId").GetString());
        Assert.Equal(span.SpanId.ToString(), line.GetProperty("spanId").GetString());
        Assert.Equal("at work", line.GetProperty("message").GetString());
    }

    private static string Emit(ActivitySource source, string name)
    {
        Activity.Current = null;
        using var span = source.StartActivity(name);
        return span!.TraceId.ToString();
    }
}
