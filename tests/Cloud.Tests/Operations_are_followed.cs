using System.Text;
using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The stream of an operation's steps as server-sent events.</summary>
public sealed class Operations_are_followed
{
    private const string Root = "/runtime/webhooks/durabletask";

    [Fact]
    public void A_build_is_told_step_by_step_until_it_has_ended() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var server = await cloud.CreateServerAsync();
            var told = await FollowAsync(cloud, $"{Root}/events?resource=server/{server}", cloud.Demo);
            Assert.Equal("begun", told[0].Name);
            Assert.Equal("ProvisionServer", told[0].Text("name"));
            Assert.Equal(
                ["ended Completed", "done"],
                told.TakeLast(2).Select(e => e.Name == "done" ? "done" : $"ended {e.Text("runtimeStatus")}")
            );
            var steps = told.Where(e => e.Name == "step").ToList();
            Assert.Equal(2 * steps.Select(e => e.Text("step")).Distinct().Count(), steps.Count);
            Assert.Equal(
                "1 ClaimHost Running",
                $"{steps[0].Text("step")} {steps[0].Text("name")} {steps[0].Text("status")}"
            );
            Assert.All(steps, e => Assert.True(e.Has("seconds") == (e.Text("status") == "Completed")));
            var hash = (await cloud.ServerAsync(server)).Text("server", "hostId");
            Assert.Equal([hash], steps.Where(e => e.Has("host")).Select(e => e.Text("host")).Distinct());
            var (instance, last) = (told[0].Text("instanceId"), told[^2].Id);
            var one = await FollowAsync(cloud, $"{Root}/instances/{instance}/events", cloud.Admin);
            Assert.Equal(told.Select(e => e.Id), one.Select(e => e.Id));
            Assert.Contains("host-1", one.Where(e => e.Name == "step" && e.Has("host")).Select(e => e.Text("host")));
            var over = $"{Root}/instances/{instance}/events?lastEventId={Uri.EscapeDataString(last!)}";
            (await cloud.GetAsync(over, cloud.Demo)).Must(204);
        });

    [Theory]
    [InlineData(Where.AfterCommit, "ProvisionServer", 2)]
    [InlineData(Where.AfterStep, "StartGuest", 1)]
    [InlineData(Where.BeforeAnswer, "WriteImage", 1)]
    public void It_goes_on_where_it_was_when_the_functions_host_died(Where where, string name, int nth) =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            cloud.Faults.Kill(new(where, name, nth));
            var server = await cloud.CreateServerAsync();
            var told = await FollowAsync(cloud, $"{Root}/events?resource=server/{server}", cloud.Demo);
            await cloud.IdleAsync();
            Assert.Empty(cloud.Faults.Missed);
            var whole = await FollowAsync(cloud, $"{Root}/events?resource=server/{server}", cloud.Demo);
            Assert.Equal(whole.Select(e => $"{e.Id} {e.Name} {e.Data}"), told.Select(e => $"{e.Id} {e.Name} {e.Data}"));
        });

    [Fact]
    public void A_stranger_is_told_nothing() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var server = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            var stranger = await cloud.AddUserAsync("stranger");
            var all = $"{Root}/events?resource=server/{server}";
            Assert.Equal("done", Assert.Single(await FollowAsync(cloud, all, stranger)).Name);
            var list = await cloud.GetAsync($"{Root}/instances?resource=server/{server}", cloud.Demo);
            var one = $"{Root}/instances/{list.Json[0].GetProperty("instanceId").GetString()}/events";
            (await cloud.GetAsync(one, stranger)).Must(404);
            (await cloud.GetAsync(one, null)).Must(401);
            (await cloud.GetAsync(all, null)).Must(401);
            (await cloud.GetAsync($"{Root}/events", cloud.Demo)).Must(400);
            (await cloud.GetAsync($"{one}?lastEventId=yesterday", cloud.Demo)).Must(400);
        });

    /// <summary>As a browser's EventSource: comes again with the last id until it is told that nothing follows.</summary>
    private static async Task<List<ServerEvent>> FollowAsync(TestCloud cloud, string path, CloudUser user)
    {
        var told = new List<ServerEvent>();
        await cloud.UntilAsync(
            async () =>
            {
                using var body = new MemoryStream();
                var request = new CloudRequest("GET", path, []) { Into = body };
                request.Headers["X-Auth-Token"] = await cloud.TokenAsync(user);
                if (told.FindLast(e => e.Id is not null)?.Id is { } last)
                    request.Headers["Last-Event-ID"] = last;
                try
                {
                    var answer = (await cloud.SendAsync(request, CancellationToken.None)).Must(200);
                    Assert.Equal("text/event-stream", answer.Headers["Content-Type"]);
                }
                catch (Fault away) when (away.Code == FaultCode.Unavailable)
                {
                    // What came until then counts.
                }
                told.AddRange(ServerEvent.Parse(Encoding.UTF8.GetString(body.ToArray())));
                return told.Count > 0 && told[^1].Name == "done";
            },
            "the stream ends"
        );
        return told;
    }

    private sealed record ServerEvent(string? Id, string Name, string Data)
    {
        public string Text(string name) => JsonElement.Parse(Data).GetProperty(name).ToString();

        public bool Has(string name) => JsonElement.Parse(Data).TryGetProperty(name, out _);

        public static IEnumerable<ServerEvent> Parse(string stream) =>
            from block in stream.Split("\n\n")[..^1]
            let fields = block.Split('\n').Select(line => line.Split(": ", 2)).ToLookup(f => f[0], f => f[^1])
            where fields.Contains("data")
            select new ServerEvent(fields["id"].FirstOrDefault(), fields["event"].Single(), fields["data"].Single());
    }
}
