using System.Diagnostics;
using System.Text;
using Pipeline.Contracts;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>From the caller's `traceparent` to the command of a driver, through a queue and two processes.</summary>
public sealed class A_request_is_one_trace
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Accepted = "POST /compute/v2.1/servers > create_orchestration:ProvisionServer";
    private const string Episode = $"{Accepted} > episode:ProvisionServer";
    private static readonly Lazy<IReadOnlyList<string>> Undisturbed = new(() =>
    {
        using var trace = Build(_ => { });
        return trace.Paths;
    });

    [Fact]
    public void A_build_is_one_tree_from_http_to_the_drivers_command()
    {
        var paths = Undisturbed.Value; // made of every span, each with all its parents
        Assert.Contains($"{Episode} > activity:ClaimHost > write", paths);
        Assert.Contains($"{Episode} > activity:MarkServerActive", paths);
        string[] onHost = ["CreateDisks", "WriteImage", "PlugPorts", "StartGuest"];
        foreach (var step in onHost)
            Assert.Single(paths, $"{Episode} > activity:{step} > send {step} > step {step}");
        Assert.Single(paths, $"{Episode} > activity:StartGuest > send StartGuest > step StartGuest > EnsureGuest");
        Assert.Single(paths, $"{Accepted} > orchestration:ProvisionServer");
        Assert.Single(paths, path => !path.Contains('>'));
    }

    [Fact]
    public void A_span_says_which_resource_orchestration_step_and_host_it_is_about()
    {
        using var trace = new RecordedTrace();
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = (await OrderAsync(cloud, trace)).Text("server", "id");
            await cloud.IdleAsync();
            var host = cloud.Hosts[0].Id.ToString();
            var activity = Span(trace, "activity:StartGuest");
            Assert.Equal($"server/{id}", activity["pipeline.resource"]);
            Assert.Equal("StartGuest", activity["durabletask.task.name"]);
            Assert.StartsWith($"server-{id}-provision-", activity["durabletask.task.instance_id"]);
            Assert.Equal(host, activity["pipeline.host"]);
            var send = Span(trace, "send StartGuest");
            Assert.Equal($"host-{host}", send["messaging.destination.name"]);
            var step = Span(trace, "step StartGuest");
            Assert.Equal((host, $"server/{id}"), (step["pipeline.host"], step["pipeline.resource"]));
            Assert.Equal(send["pipeline.activity"], step["pipeline.activity"]);
            Assert.Equal("202", Span(trace, "POST /compute/v2.1/servers")["http.response.status_code"]);
            Assert.Equal("Completed", Span(trace, "orchestration:ProvisionServer")["durabletask.task.status"]);
        });
    }

    [Fact]
    public void A_delete_is_a_trace_of_its_own()
    {
        using var build = new RecordedTrace();
        using var delete = new RecordedTrace();
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var id = (await OrderAsync(cloud, build)).Text("server", "id");
            await cloud.IdleAsync();
            var built = build.Paths;
            await AskAsync(cloud, delete, "DELETE", $"{Servers}/{id}", "", 204);
            await cloud.IdleAsync();
            Assert.Equal(built, build.Paths);
            Assert.Contains(
                "DELETE /compute/v2.1/servers/{id} > create_orchestration:DeleteServer > episode:DeleteServer"
                    + " > activity:DestroyGuest > send DestroyGuest > step DestroyGuest > DestroyGuest",
                delete.Paths
            );
        });
    }

    [Fact]
    public void Messages_and_answers_that_come_twice_add_no_span()
    {
        using var trace = Build(plan => plan.Travel = _ => [TimeSpan.Zero, TimeSpan.FromSeconds(5)]);
        Assert.Equal(Undisturbed.Value, trace.Paths);
    }

    [Theory]
    [InlineData(Where.BeforeCommit, "ProvisionServer", 1)]
    [InlineData(Where.AfterCommit, "ProvisionServer", 3)]
    [InlineData(Where.BeforeStep, "StartGuest", 1)]
    [InlineData(Where.AfterStep, "ClaimHost", 1)]
    [InlineData(Where.AfterStep, "CreateDisks", 1)]
    [InlineData(Where.BeforeAnswer, "WriteImage", 1)]
    [InlineData(Where.AfterAnswer, "WriteImage", 1)]
    public void A_replay_after_a_death_emits_nothing_again(Where where, string name, int nth)
    {
        using var trace = Build(plan => plan.Kill(new(where, name, nth)));
        // What was begun when the process died is counted by a write of its own; two answers may meet in one turn.
        var (before, after) = (Acts(Undisturbed.Value), Acts(trace.Paths));
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(after, act => Assert.InRange(act.Value, 1, before[act.Key]));

        static SortedDictionary<string, int> Acts(IEnumerable<string> paths) =>
            new(paths.Where(p => !p.EndsWith(" > write")).CountBy(p => p).ToDictionary(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(Where.Message)] // lost on its way
    [InlineData(Where.AfterJournal)] // done, and its agent died before it told
    public void An_order_that_is_sent_again_is_the_same_activity_and_the_same_step(Where where)
    {
        var place = new Place(where, "StartGuest");
        var away = new CloudOptions { Away = TimeSpan.FromSeconds(90) }; // longer than an order waits to be sent again
        using var trace = Build(plan => _ = where == Where.Message ? plan.Deliver(place) : plan.Kill(place), away);
        var again = $"{Episode} > activity:StartGuest > send StartGuest";
        Assert.Equal(Undisturbed.Value.Append(again).Order(StringComparer.Ordinal), trace.Paths);
    }

    [Fact]
    public void A_step_that_is_answered_from_the_journal_stands_in_the_trace_once()
    {
        using var trace = Build(plan => plan.Kill(new(Where.AfterJournal, "StartGuest")));
        Assert.Equal(Undisturbed.Value, trace.Paths);
    }

    [Fact]
    public void A_failed_step_and_its_undo_stand_in_the_trace()
    {
        var why = new Fault(FaultCode.DriverFailed, "no such machine");
        using var trace = Build(plan => plan.FailFrom(new(Where.BeforeDriver, "EnsureGuest"), why));
        var failed = trace.Spans.Where(span => span.Status == ActivityStatusCode.Error).ToList();
        Assert.Contains(failed, span => (span.DisplayName, span.StatusDescription) == ("EnsureGuest", why.Message));
        Assert.Contains(failed, span => (span.DisplayName, span.StatusDescription) == ("step StartGuest", why.Message));
        Assert.Contains(failed, span => span.DisplayName == "orchestration:ProvisionServer");
        Assert.Contains($"{Episode} > activity:DeleteDisks > send DeleteDisks > step DeleteDisks", trace.Paths);
    }

    /// <summary>Builds a server by a request that continues the trace.</summary>
    private static RecordedTrace Build(Action<CloudFaultPlan> faults, CloudOptions? options = null)
    {
        var trace = new RecordedTrace();
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                faults(cloud.Faults);
                await OrderAsync(cloud, trace);
                await cloud.IdleAsync();
                Assert.Empty(cloud.Faults.Missed);
            },
            options: options
        );
        return trace;
    }

    private static Task<CloudAnswer> OrderAsync(TestCloud cloud, RecordedTrace trace) =>
        AskAsync(cloud, trace, "POST", Servers, cloud.ServerOrder(), 202);

    private static async Task<CloudAnswer> AskAsync(
        TestCloud cloud,
        RecordedTrace trace,
        string method,
        string path,
        string body,
        int status
    )
    {
        var request = new CloudRequest(method, path, Encoding.UTF8.GetBytes(body))
        {
            Headers = { ["X-Auth-Token"] = await cloud.TokenAsync(cloud.Demo), ["traceparent"] = trace.TraceParent },
        };
        return (await cloud.SendAsync(request, CancellationToken.None)).Must(status);
    }

    private static Dictionary<string, string> Span(RecordedTrace trace, string name) =>
        trace.Spans.Single(s => s.DisplayName == name).TagObjects.ToDictionary(t => t.Key, t => $"{t.Value}");
}
