using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The management API's verbs: what operators do to orchestrations, and that tenants may not.</summary>
public sealed class Operators_act_on_operations
{
    private const string Root = "/runtime/webhooks/durabletask";
    private const string All = $"{Root}/instances";

    [Fact]
    public void A_build_is_suspended_and_goes_on_when_it_is_resumed() =>
        TestCloud.Run(async cloud =>
        {
            var (server, build) = await BeginAsync(cloud);
            (await DoAsync(cloud, $"{build}/suspend?reason=wait%20for%20power")).Must(202);
            await cloud.PassAsync(TimeSpan.FromMinutes(1));
            var still = (await cloud.GetAsync($"{All}/{build}", cloud.Admin)).Must(202);
            Assert.Equal("Suspended", still.Text("runtimeStatus"));
            Assert.Equal("wait for power", still.Text("suspendReason"));
            (await DoAsync(cloud, $"{build}/resume")).Must(202);
            await cloud.IdleAsync();
            Assert.Equal("ACTIVE", await cloud.StatusAsync(server));
            foreach (var verb in new[] { "suspend", "resume", "terminate", "rewind" })
                (await DoAsync(cloud, $"{build}/{verb}")).Must(410);
            Assert.Equal(2, await AuditsAsync(cloud));
        });

    [Fact]
    public void A_build_is_terminated_and_rewound() =>
        TestCloud.Run(async cloud =>
        {
            var (server, build) = await BeginAsync(cloud);
            (await DoAsync(cloud, $"{build}/terminate?reason=enough")).Must(202);
            var ended = (await cloud.GetAsync($"{All}/{build}?showHistory=true", cloud.Admin)).Must(200);
            Assert.Equal(("Terminated", "enough"), (ended.Text("runtimeStatus"), ended.Text("fault", "message")));
            (await DoAsync(cloud, $"{build}/terminate")).Must(410);
            (await DoAsync(cloud, $"{build}/rewind?reason=once%20more")).Must(202);
            await cloud.IdleAsync();
            Assert.Equal("Completed", (await cloud.GetAsync($"{All}/{build}", cloud.Admin)).Text("runtimeStatus"));
            Assert.Equal("ACTIVE", await cloud.StatusAsync(server));
        });

    [Theory]
    [InlineData("", "Canceled")]
    [InlineData("?recursive=false", "Canceled")]
    [InlineData("?recursive=true", "Terminated")]
    [InlineData("?recursive=perhaps", null)]
    public void Those_that_one_called_are_cancelled_with_it_or_terminated_when_that_is_asked_for(
        string query,
        string? end
    ) =>
        TestCloud.Run(async cloud =>
        {
            var (_, build) = await BeginAsync(cloud);
            var called = await OperationOfAsync(cloud, await cloud.CreateServerAsync("called"));
            await cloud.Store.WriteAsync(tx =>
                tx.ExecuteAsync(
                    "UPDATE instances SET parent_id = @build, parent_generation = 0, parent_task = 99 WHERE id = @called",
                    new { build, called }
                )
            );
            (await DoAsync(cloud, $"{build}/terminate{query}")).Must(end is null ? 400 : 202);
            await cloud.IdleAsync();
            var ended = (await cloud.GetAsync($"{All}/{called}", cloud.Admin)).Must(200);
            Assert.Equal(end ?? "Completed", ended.Text("runtimeStatus"));
        });

    [Fact]
    public void Events_are_raised_once_for_a_key_and_never_to_what_has_ended() =>
        TestCloud.Run(async cloud =>
        {
            var (_, build) = await BeginAsync(cloud);
            var path = $"{All}/{build}/raiseEvent/word";
            foreach (var key in (string?[])["a", "a", null, null])
            {
                var request = new CloudRequest("POST", path, Encoding.UTF8.GetBytes("""{"said": 1}"""));
                request.Headers["X-Auth-Token"] = await cloud.TokenAsync(cloud.Admin);
                if (key is not null)
                    request.Headers["Idempotency-Key"] = key;
                (await cloud.SendAsync(request, CancellationToken.None)).Must(202);
            }
            Assert.Equal(3, await CountAsync(cloud, "mailbox"));
            (await cloud.PostAsync(path, "", cloud.Admin)).Must(400);
            (await cloud.PostAsync(path, "null", cloud.Admin)).Must(400);
            (await cloud.PostAsync(path, "not JSON", cloud.Admin)).Must(400);
            await cloud.IdleAsync();
            (await cloud.PostAsync(path, "1", cloud.Admin)).Must(410);
            (await cloud.PostAsync($"{All}/nothing/raiseEvent/word", "1", cloud.Admin)).Must(404);
        });

    [Fact]
    public void What_has_ended_is_purged_one_by_one_or_by_filter_and_what_runs_is_not() =>
        TestCloud.Run(async cloud =>
        {
            var (_, build) = await BeginAsync(cloud);
            (await cloud.DeleteAsync($"{All}/{build}", cloud.Admin)).Must(409);
            await cloud.IdleAsync();
            Assert.Equal(
                """{"instancesDeleted":1}""",
                (await cloud.DeleteAsync($"{All}/{build}", cloud.Admin)).Must(200).Body
            );
            (await cloud.DeleteAsync($"{All}/{build}", cloud.Admin)).Must(404);
            (await cloud.GetAsync($"{All}/{build}", cloud.Admin)).Must(404);
            await cloud.CreateServerAsync("two");
            await cloud.CreateServerAsync("three");
            await cloud.IdleAsync();
            (await cloud.DeleteAsync(All, cloud.Admin)).Must(400);
            const string since = "createdTimeFrom=2000-01-01";
            (await cloud.DeleteAsync($"{All}?{since}&runtimeStatus=Failed", cloud.Admin)).Must(404);
            (await cloud.DeleteAsync($"{All}?{since}&createdTimeTo=2000-01-02", cloud.Admin)).Must(404);
            var purged = await cloud.DeleteAsync($"{All}?{since}&name=ProvisionServer", cloud.Admin);
            Assert.Equal("""{"instancesDeleted":2}""", purged.Must(200).Body);
            Assert.Equal(0, await CountAsync(cloud, "instances WHERE name = 'ProvisionServer'"));
        });

    [Fact]
    public void Dead_letters_are_listed_replayed_and_discarded() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            for (var i = 1; i <= 3; i++)
                await BuryAsync(cloud, $"gone/0/{i}");
            var first = (await cloud.GetAsync($"{Root}/deadletters?top=2", cloud.Admin)).Must(200);
            Assert.Equal(2, first.Json.GetArrayLength());
            Assert.Equal("Answer", first.Json[0].GetProperty("kind").GetString());
            var next = new CloudRequest("GET", $"{Root}/deadletters?top=2", []);
            next.Headers["X-Auth-Token"] = await cloud.TokenAsync(cloud.Admin);
            next.Headers["x-ms-continuation-token"] = first.Headers["x-ms-continuation-token"];
            var second = (await cloud.SendAsync(next, CancellationToken.None)).Must(200);
            var id = Assert.Single(second.Json.EnumerateArray()).GetProperty("id").GetInt64();
            (await cloud.PostAsync($"{Root}/deadletters/{id}/replay", "", cloud.Admin)).Must(409);
            (await cloud.DeleteAsync($"{Root}/deadletters/{id}", cloud.Admin)).Must(204);
            (await cloud.DeleteAsync($"{Root}/deadletters/{id}", cloud.Admin)).Must(404);
            (await cloud.PostAsync($"{Root}/deadletters/{id}/replay", "", cloud.Admin)).Must(404);
            Assert.Equal(2, await CountAsync(cloud, "dead_letters"));
        });

    [Fact]
    public void A_dead_message_whose_function_is_gone_is_discarded_alone() =>
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            var client = new DurableTaskClient(cloud.Store, new(cloud.Store, [], NoServices, cloud.World.Time));
            await cloud.Store.WriteAsync(async tx =>
                await client.BuryMessageAsync(tx, new("gone", "work", "1", [1]), new(FaultCode.Internal, "it failed"))
            );
            var letter = (await cloud.GetAsync($"{Root}/deadletters", cloud.Admin)).Must(200).Json[0];
            Assert.Equal("work/1", letter.GetProperty("subject").GetString());
            var path = $"{Root}/deadletters/{letter.GetProperty("id").GetInt64()}";
            (await cloud.PostAsync($"{path}/replay", "", cloud.Admin)).Must(409);
            (await cloud.DeleteAsync(path, cloud.Admin)).Must(204);
        });

    [Fact]
    public void A_tenant_may_look_and_do_nothing_and_nobody_acts_without_a_token() =>
        TestCloud.Run(async cloud =>
        {
            var (_, build) = await BeginAsync(cloud);
            (string Method, string Path)[] verbs =
            [
                .. new[] { "suspend", "resume", "terminate", "rewind", "raiseEvent/word" }.Select(v =>
                    ("POST", $"{All}/{build}/{v}")
                ),
                ("DELETE", $"{All}/{build}"),
                ("DELETE", $"{All}?createdTimeFrom=2000-01-01"),
                ("GET", $"{Root}/deadletters"),
                ("POST", $"{Root}/deadletters/1/replay"),
                ("DELETE", $"{Root}/deadletters/1"),
            ];
            foreach (var (method, path) in verbs)
            {
                (await cloud.SendAsync(method, path, method == "POST" ? "1" : "", cloud.Demo)).Must(403);
                (await cloud.SendAsync(method, path, method == "POST" ? "1" : "", null)).Must(401);
            }
            await cloud.IdleAsync();
            Assert.Equal("Completed", (await cloud.GetAsync($"{All}/{build}", cloud.Demo)).Text("runtimeStatus"));
            foreach (var verb in new[] { "suspend", "resume", "terminate", "rewind" })
                (await DoAsync(cloud, $"nothing/{verb}")).Must(404);
            (await DoAsync(cloud, $"{build}/terminate?reason={new string('x', 1_001)}")).Must(400);
        });

    private static ServiceProvider NoServices => new ServiceCollection().BuildServiceProvider();

    private static async Task<(string Server, string Instance)> BeginAsync(TestCloud cloud)
    {
        await Journey.FurnishedAsync(cloud);
        var server = await cloud.CreateServerAsync();
        return (server, await OperationOfAsync(cloud, server));
    }

    private static async Task<string> OperationOfAsync(TestCloud cloud, string server)
    {
        var list = (await cloud.GetAsync($"{All}?resource=server/{server}", cloud.Admin)).Must(200);
        return list.Json[0].GetProperty("instanceId").GetString()!;
    }

    private static Task<CloudAnswer> DoAsync(TestCloud cloud, string verb) =>
        cloud.PostAsync($"{All}/{verb}", "", cloud.Admin);

    private static Task<long> AuditsAsync(TestCloud cloud) =>
        CountAsync(cloud, "audit WHERE rule LIKE 'durable:instances:%'");

    private static Task<long> CountAsync(TestCloud cloud, string from) =>
        cloud.Store.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {from}"));

    /// <summary>As the engine does with a host's answer that nobody can take.</summary>
    private static Task BuryAsync(TestCloud cloud, string activity) =>
        cloud.Hosts[0].AnswerAsync(new(activity, 1, "{}", null, 0));
}
