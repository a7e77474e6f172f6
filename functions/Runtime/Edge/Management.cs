using System.Text;
using Pipeline.Runtime.Metrics;

namespace Pipeline.Runtime.Edge;

/// <summary>Something without which this host should get no requests; its check ends within its token.</summary>
/// <param name="Check">Throws when it is not ready; the message is shown to operators.</param>
public sealed record Readiness(string Name, Func<CancellationToken, Task> Check);

/// <summary>The management listener: `/healthz` (the process answers), `/readyz` (what it needs does), `/metrics`.</summary>
internal sealed class Management(
    IEnumerable<Readiness> checks,
    IEnumerable<MetricsSampler> samplers,
    MetricRegistry registry,
    TimeProvider time,
    CancellationToken stopping
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly List<Readiness> checks = [.. checks];
    private readonly List<MetricsSampler> samplers = [.. samplers];

    public async Task InvokeAsync(HttpContext context)
    {
        var answer = context.Request.Path.Value switch
        {
            _ when !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) =>
                Answer.Empty(StatusCodes.Status405MethodNotAllowed),
            "/healthz" => Answer.Text(StatusCodes.Status200OK, "ok\n"),
            "/readyz" => await ReadyAsync(),
            "/metrics" => Answer.Text(StatusCodes.Status200OK, await MetricsAsync(), PrometheusText.ContentType),
            _ => Answer.Empty(StatusCodes.Status404NotFound),
        };
        await answer.ExecuteAsync(context);
    }

    /// <summary>A figure that cannot be had is left out; those of the process itself are always there.</summary>
    private async Task<string> MetricsAsync()
    {
        var text = new PrometheusText();
        registry.WriteTo(text);
        foreach (var sample in samplers)
            await BoundedAsync(_ => sample(text));
        return text.ToString();
    }

    private async Task<Answer> ReadyAsync()
    {
        if (stopping.IsCancellationRequested)
            return Answer.Text(StatusCodes.Status503ServiceUnavailable, "stopping\n");
        var problems = await Task.WhenAll(checks.Select(ProblemAsync));
        var text = new StringBuilder();
        for (var i = 0; i < checks.Count; i++)
            text.Append(checks[i].Name).Append(": ").Append(problems[i] ?? "ok").Append('\n');
        var ready = Array.TrueForAll(problems, problem => problem is null);
        return Answer.Text(
            ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            text.Length > 0 ? text.ToString() : "ok\n"
        );
    }

    private Task<string?> ProblemAsync(Readiness readiness) => BoundedAsync(readiness.Check);

    /// <summary>What went wrong; null when nothing did.</summary>
    private async Task<string?> BoundedAsync(Func<CancellationToken, Task> work)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await work(patience.Token).WaitAsync(patience.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {Patience.TotalSeconds} s";
        }
        catch (Exception exception)
        {
            return exception.Message;
        }
    }
}
