using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The management API: what operators and tenants see of orchestrations.</summary>
public sealed class Operations_are_looked_at
{
    private const string Root = "/runtime/webhooks/durabletask";
    private const string All = $"{Root}/instances";

    [Fact]
    public void A_status_has_the_steps_and_the_history_in_durable_functions_words() =>
        TestCloud.Run(async cloud =>
        {
            var (server, build) = await BuildAsync(cloud);
            var plain = (await cloud.GetAsync($"{All}/{build}?showInput=false", cloud.Demo)).Must(200).Json;
            Assert.Equal(("Completed", "ProvisionServer"), (Text(plain, "runtimeStatus"), Text(plain, "name")));
            Assert.False(plain.TryGetProperty("input", out _) || plain.TryGetProperty("historyEvents", out _));
            var full = (await cloud.GetAsync($"{All}/{build}?showHistory=true&showHistoryOutput=true", cloud.Admin))
                .Must(200)
                .Json;
            Assert.Equal(server, full.GetProperty("input").GetProperty("Id").GetString());
            var events = full.GetProperty("historyEvents").EnumerateArray().ToList();
            Assert.Equal("ExecutionStarted", Text(events[0], "EventType"));
            Assert.Equal("ProvisionServer", Text(events[0], "FunctionName"));
            Assert.Equal("ExecutionCompleted", Text(events[^1], "EventType"));
            Assert.Equal("Completed", Text(events[^1], "OrchestrationStatus"));
            var claim = events.Single(e => e.TryGetProperty("FunctionName", out var n) && n.GetString() == "ClaimHost");
            Assert.Equal("TaskCompleted", Text(claim, "EventType"));
            Assert.Equal("host-1", claim.GetProperty("Result").GetProperty("HostName").GetString());
            Assert.True(claim.GetProperty("ScheduledTime").GetDateTimeOffset() <= When(claim));
            Assert.DoesNotContain(events, e => Text(e, "EventType") is "OrchestratorStarted" or "TaskScheduled");
            Assert.Equal(
                ["host-1"],
                full.GetProperty("steps").EnumerateArray().Select(HostOf).OfType<string>().Distinct()
            );
        });

    [Fact]
    public void A_tenant_sees_its_own_with_no_host_by_name_and_no_secret() =>
        TestCloud.Run(async cloud =>
        {
            var (server, build) = await BuildAsync(cloud);
            var host = cloud.Hosts[0];
            var shown = await cloud.GetAsync($"{All}/{build}?showHistory=true&showHistoryOutput=true", cloud.Demo);
            var listed = await cloud.GetAsync($"{All}?resource=server/{server}", cloud.Demo);
            foreach (var answer in new[] { shown.Must(200), listed.Must(200) })
            {
                Assert.DoesNotContain(host.Name, answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain($"{host.Id}", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain("#!/bin/sh", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain(Convert.ToBase64String("#!/bin/sh\n"u8), answer.Body, StringComparison.Ordinal);
            }
            var hash = (await cloud.ServerAsync(server)).Text("server", "hostId");
            Assert.Equal(
                [hash],
                shown.Json.GetProperty("steps").EnumerateArray().Select(HostOf).OfType<string>().Distinct()
            );
        });

    [Fact]
    public void Another_project_sees_nothing_of_it_and_what_is_no_ones_is_operators_alone() =>
        TestCloud.Run(async cloud =>
        {
            var (server, build) = await BuildAsync(cloud);
            var stranger = await cloud.AddUserAsync("stranger");
            (await cloud.GetAsync($"{All}/{build}", stranger)).Must(404);
            (await cloud.GetAsync($"{All}/nothing", cloud.Admin)).Must(404);
            Assert.Equal("[]", (await cloud.GetAsync($"{All}?resource=server/{server}", stranger)).Must(200).Body);
            Assert.Equal("[]", (await cloud.GetAsync($"{Root}/counts", stranger)).Must(200).Body);
            var own = Names((await cloud.GetAsync(All, cloud.Demo)).Must(200));
            var all = Names((await cloud.GetAsync(All, cloud.Admin)).Must(200));
            Assert.Contains("ProvisionServer", own);
            Assert.DoesNotContain("SweepHost", own);
            Assert.Contains("SweepHost", all);
            foreach (var path in (string[])[All, $"{All}/{build}", $"{Root}/counts"])
                (await cloud.GetAsync(path, null)).Must(401);
        });

    [Fact]
    public void Lists_are_filtered_and_paged_by_their_token() =>
        TestCloud.Run(async cloud =>
        {
            await BuildAsync(cloud);
            await cloud.CreateServerAsync("two");
            await cloud.CreateServerAsync("three");
            await cloud.IdleAsync();
            var query = $"{All}?name=ProvisionServer&runtimeStatus=completed,Failed&top=2&showInput=false";
            var first = (await cloud.GetAsync(query, cloud.Admin)).Must(200);
            var next = new CloudRequest("GET", query, [])
            {
                Headers =
                {
                    ["X-Auth-Token"] = await cloud.TokenAsync(cloud.Admin),
                    ["x-ms-continuation-token"] = first.Headers["x-ms-continuation-token"],
                },
            };
            var second = (await cloud.SendAsync(next, CancellationToken.None)).Must(200);
            Assert.Equal((2, 1), (first.Json.GetArrayLength(), second.Json.GetArrayLength()));
            Assert.DoesNotContain("x-ms-continuation-token", second.Headers.Keys);
            Assert.False(first.Json[0].TryGetProperty("steps", out _));
            Assert.Equal(3, first.Json.EnumerateArray().Concat(second.Json.EnumerateArray()).DistinctBy(Id).Count());
            var prefix = Id(second.Json[0])[..40];
            Assert.Equal(
                [Id(second.Json[0])],
                Ids(await cloud.GetAsync($"{All}?instanceIdPrefix={prefix}", cloud.Demo))
            );
            var later = Uri.EscapeDataString(cloud.World.Time.GetUtcNow().ToString("O"));
            Assert.Empty(Ids(await cloud.GetAsync($"{All}?createdTimeFrom={later}", cloud.Demo)));
            Assert.NotEmpty(Ids(await cloud.GetAsync($"{All}?createdTimeTo={later}", cloud.Demo)));
            var counts = (await cloud.GetAsync($"{Root}/counts", cloud.Demo)).Must(200).Json.EnumerateArray();
            Assert.Contains(
                """{"name":"ProvisionServer","runtimeStatus":"Completed","count":3}""",
                counts.Select(c => c.GetRawText())
            );
        });

    [Theory]
    [InlineData("?runtimeStatus=Asleep", "runtimeStatus")]
    [InlineData("?createdTimeFrom=yesterday", "createdTimeFrom")]
    [InlineData("?top=many", "top")]
    [InlineData("?showInput=perhaps", "showInput")]
    public void A_query_that_is_wrong_is_named(string query, string named) =>
        TestCloud.Run(async cloud =>
        {
            var answer = (await cloud.GetAsync(All + query, cloud.Admin)).Must(400);
            Assert.Contains(named, answer.Body, StringComparison.Ordinal);
        });

    [Fact]
    public void A_running_one_says_where_to_ask_again_and_a_failed_one_may_be_an_error() =>
        TestCloud.Run(
            async cloud =>
            {
                await Journey.FurnishedAsync(cloud);
                var server = await cloud.CreateServerAsync(flavor: "huge");
                var list = await cloud.GetAsync($"{All}?resource=server/{server}", cloud.Demo);
                var build = Id(list.Json[0]);
                var running = (await cloud.GetAsync($"{All}/{build}", cloud.Demo)).Must(202);
                Assert.EndsWith($"{All}/{build}", running.Headers["Location"], StringComparison.Ordinal);
                await cloud.Store.WriteAsync(tx =>
                    tx.ExecuteAsync("UPDATE instances SET waits = 'word' WHERE id = @build", new { build })
                );
                var waits = (await cloud.GetAsync($"{All}/{build}", cloud.Demo)).Must(202).Json.GetProperty("waits");
                Assert.Contains(
                    """{"type":"Event","name":"word"}""",
                    waits.EnumerateArray().Select(w => w.GetRawText())
                );
                await cloud.IdleAsync();
                var failed = (await cloud.GetAsync($"{All}/{build}", cloud.Demo)).Must(200);
                Assert.Equal(("Failed", "NoValidHost"), (failed.Text("runtimeStatus"), failed.Text("fault", "code")));
                (await cloud.GetAsync($"{All}/{build}?returnInternalServerErrorOnFailure=true", cloud.Demo)).Must(500);
            },
            seed: 2
        );

    private static async Task<(string Server, string Instance)> BuildAsync(TestCloud cloud)
    {
        await Journey.FurnishedAsync(cloud);
        var server = await cloud.CreateServerAsync();
        await cloud.IdleAsync();
        var list = (await cloud.GetAsync($"{All}?resource=server/{server}", cloud.Admin)).Must(200);
        return (server, Id(list.Json[0]));
    }

    private static string? HostOf(JsonElement step) =>
        step.TryGetProperty("host", out var host) ? host.GetString() : null;

    private static string Id(JsonElement instance) => Text(instance, "instanceId");

    private static IEnumerable<string> Ids(CloudAnswer list) => list.Must(200).Json.EnumerateArray().Select(Id);

    private static IEnumerable<string> Names(CloudAnswer list) =>
        list.Json.EnumerateArray().Select(i => Text(i, "name"));

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static DateTimeOffset When(JsonElement item) => item.GetProperty("Timestamp").GetDateTimeOffset();
}
