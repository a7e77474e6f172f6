using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Runtime;
using Pipeline.Runtime.Edge;

namespace Pipeline.Services.Tests.Runtime.Edge;

public sealed class ManagementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operators_see_health_readiness_and_figures_on_a_listener_of_their_own()
    {
        await using var host = await RealHost.StartAsync(
            services =>
            {
                services.AddSingleton(new MetricsSampler(_ => throw Fault.Conflict("the database is away")));
                services.AddSingleton(
                    new MetricsSampler(text =>
                    {
                        text.Gauge("queue_depth", "Messages", 3);
                        return Task.CompletedTask;
                    })
                );
            },
            typeof(Logs)
        );
        await host.Client.GetAsync("/compute/v2.1/log", Token);
        using var odd = new HttpRequestMessage(new("BREW"), "/compute/v2.1/log");
        await host.Client.SendAsync(odd, Token);
        using var client = new HttpClient { BaseAddress = host.Management };
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz", Token));
        Assert.Equal("ok\n", await client.GetStringAsync("/readyz", Token));
        var metrics = await client.GetStringAsync("/metrics", Token);
        Assert.Contains("\nqueue_depth 3\n", metrics);
        Assert.Contains(
            "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"/compute/v2.1/log\",http_response_status_code=\"200\"}",
            metrics
        );
        Assert.Contains("_count{http_request_method=\"_OTHER\",http_route=\"\"", metrics);
        Assert.DoesNotContain("BREW", metrics);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/metrics", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/compute/v2.1/log", Token)).StatusCode);
    }

    [Fact]
    public async Task A_host_whose_database_is_away_is_not_ready_and_says_so()
    {
        await using var host = await RealHost.StartAsync(services =>
            services.AddSingleton(new Readiness("database", _ => throw Fault.Conflict("the disk is full")))
        );
        using var client = new HttpClient { BaseAddress = host.Management };
        var answer = await client.GetAsync("/readyz", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("database: the disk is full\n", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_log_line_carries_the_callers_trace()
    {
        await using var host = await RealHost.StartAsync(typeof(Logs));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/compute/v2.1/log");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await host.Client.SendAsync(request, Token);
        var line = Encoding.UTF8.GetString(host.Logs.ToArray()).Split('\n').Single(line => line.Contains("seven"));
        var json = JsonElement.Parse(line);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", json.GetProperty("traceId").GetString());
        Assert.Equal("7", json.GetProperty("Number").GetString());
        Assert.Equal("Information", json.GetProperty("level").GetString());
    }

    private sealed partial class Logs(ILogger<Logs> logger)
    {
        [Function("log"), Policy("log", Require.Anyone)]
        public IResult Log(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/log")] HttpRequest request
        )
        {
            logger.LogInformation("seven is {Number}", 7);
            return Answer.Empty(200);
        }
    }
}
