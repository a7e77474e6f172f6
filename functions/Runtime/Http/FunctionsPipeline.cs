using Pipeline.Runtime.Http;
using Pipeline.Runtime.Metrics;

namespace Pipeline.Runtime;

/// <summary>
/// A request from its first byte to its answer, one step a line. It runs on any HttpContext, so that a simulation calls
/// functions in process, and never leaves the caller's synchronisation context.
/// </summary>
public sealed class FunctionsPipeline
{
    private readonly Router router;
    private readonly Authentication authentication;
    private readonly Policies policies;
    private readonly RequestIds requestIds;
    private readonly FaultMapping faults;
    private readonly BodyLimits bodies;
    private readonly FunctionTimeout timeout;
    private readonly TimeProvider time;
    private readonly Cors? cors;
    private readonly ProjectRates? rates;

    internal FunctionsPipeline(
        Router router,
        Authentication authentication,
        Policies policies,
        RequestIds requestIds,
        FaultMapping faults,
        BodyLimits bodies,
        FunctionTimeout timeout,
        TimeProvider time,
        Cors? cors,
        ProjectRates? rates
    )
    {
        this.router = router;
        this.authentication = authentication;
        this.policies = policies;
        this.requestIds = requestIds;
        this.faults = faults;
        this.bodies = bodies;
        this.timeout = timeout;
        this.time = time;
        this.cors = cors;
        this.rates = rates;
    }

    /// <summary>Answers the request, whatever it is; throws only when the answer had already begun and must be cut off.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var invocation = new Invocation(context, Router.RawPath(context), requestIds.Next());
        try
        {
            invocation.Route = router.Find(
                context.Request.Method,
                invocation.Path,
                ref invocation.Captures,
                out var allowed
            );
            RequestIdHeaders.Write(invocation);
            ServerSpan.Start(invocation);
            if (cors?.Answered(context) is true)
                return;
            await RunAsync(invocation, invocation.Route ?? throw UnknownRoute.Explain(context, allowed));
        }
        catch (Exception exception)
        {
            await faults.AnswerAsync(invocation, exception);
        }
        finally
        {
            ServerSpan.Stop(invocation);
            if (FunctionMetrics.RecordsRequests)
                FunctionMetrics.Answered(invocation, time.GetElapsedTime(started));
        }
    }

    private async Task RunAsync(Invocation invocation, Route route)
    {
        using var body = bodies.Apply(invocation.Context, route);
        await authentication.RunAsync(invocation, route);
        rates?.Take(invocation);
        invocation.Microversion = route.Microversions?.Negotiate(invocation.Context) ?? default;
        PolicyCheck.Run(route, policies, invocation.Caller, invocation.PathProject);
        PolicyCheck.OwnHost(route, invocation);
        using var deadline = timeout.Start(invocation, route);
        var answer = await route.Run(invocation);
        await answer.ExecuteAsync(invocation.Context);
    }
}
