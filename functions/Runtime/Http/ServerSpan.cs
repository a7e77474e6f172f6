using System.Diagnostics;

namespace Pipeline.Runtime.Http;

/// <summary>The request's server span; it joins the caller's trace by its W3C `traceparent`.</summary>
internal static class ServerSpan
{
    public const string SourceName = "Pipeline.Functions";

    private static readonly ActivitySource Source = new(SourceName);

    public static void Start(Invocation invocation)
    {
        if (!Source.HasListeners())
            return;
        var request = invocation.Request;
        var known = ActivityContext.TryParse(
            request.Headers.TraceParent,
            request.Headers.TraceState,
            isRemote: true,
            out var parent
        );
        if (!known)
            Activity.Current = null; // a request that continues nobody's trace begins one
        var route = invocation.Route;
        var span = Source.StartActivity(route?.SpanName ?? "HTTP", ActivityKind.Server, parent);
        invocation.Span = span;
        if (span is not { IsAllDataRequested: true })
            return;
        span.SetTag("http.request.method", request.Method);
        span.SetTag("url.path", "/" + invocation.Path);
        if (route is not null)
            span.SetTag("http.route", route.Path);
    }

    public static void Stop(Invocation invocation)
    {
        if (invocation.Span is not { } span)
            return;
        var status = invocation.Context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
        span.Dispose();
    }
}
