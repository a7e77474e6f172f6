using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pipeline.Runtime.Http;

namespace Pipeline.Runtime.Metrics;

/// <summary>What the runtime measures of its functions. Labels are low in cardinality: routes, never paths, and no method that nothing answers.</summary>
internal static class FunctionMetrics
{
    public const string MeterName = "Pipeline.Functions";
    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Requests = Meter.CreateHistogram<double>(
        "http.server.request.duration",
        "s",
        "Duration of HTTP requests"
    );

    private static readonly Histogram<double> Runs = Meter.CreateHistogram<double>(
        "functions.run.duration",
        "s",
        "Duration of runs by timers and queues"
    );

    // Boxed once: every request records one.
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    public static bool RecordsRequests => Requests.Enabled;

    public static void Answered(Invocation invocation, TimeSpan took)
    {
        var route = invocation.Route;
        var status = invocation.Context.Response.StatusCode;
        var tags = new TagList
        {
            { "http.request.method", route is null ? "_OTHER" : invocation.Request.Method },
            { "http.route", route?.Path ?? "" },
            { "http.response.status_code", Statuses[status is >= 0 and < 600 ? status : 0] },
        };
        Requests.Record(took.TotalSeconds, tags);
    }

    public static void Ran(FunctionRun run, TimeSpan took, bool succeeded)
    {
        var tags = new TagList
        {
            { "function", run.Function },
            { "trigger", run.Trigger },
            { "outcome", succeeded ? "success" : "failure" },
        };
        Runs.Record(took.TotalSeconds, tags);
    }
}
