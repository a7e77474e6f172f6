using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Audit;

/// <summary>Who reads of what was done, how it is found, and in which words it is told.</summary>
public sealed class EventsTests
{
    [Fact]
    public void A_mutation_is_there_as_soon_as_it_was_answered() =>
        AuditStage.Run(async stage =>
        {
            var answer = await stage.ActAsync("mine");
            var seen = Assert.Single(
                await stage.EventsAsync($"?request_id={answer.Headers["X-Openstack-Request-Id"]}", stage.Manager)
            );
            Assert.Equal("os_compute_api:os-keypairs:create", Text(seen, "rule"));
            Assert.Equal(stage.Project, Text(seen, "project_id"));
            Assert.Equal("default", Text(seen, "domain_id"));
            Assert.Equal(32, Text(seen, "user_id").Length);
            Assert.Equal(("keypair", "mine"), (Text(seen, "target", "type"), Text(seen, "target", "id")));
            Assert.Equal("success", Text(seen, "result"));
            Assert.Equal($"project/{stage.Project}", Text(seen, "chain", "name"));
            var one = await stage.GetAsync($"events/{Text(seen, "id")}", stage.Manager);
            Assert.Equal(seen.ToString(), one.Must(200).Json.ToString());
        });

    [Fact]
    public void Members_read_nothing_managers_their_projects_and_admins_all() =>
        AuditStage.Run(async stage =>
        {
            await stage.ActAsync("mine");
            Assert.Equal(403, (await stage.GetAsync("events", stage.Cloud.Demo)).Status);
            Assert.Equal(401, (await stage.GetAsync("events", null)).Status);
            var own = await stage.EventsAsync("", stage.Manager);
            Assert.All(own, e => Assert.Equal(stage.Project, Text(e, "project_id")));
            var all = await stage.EventsAsync("", stage.Cloud.Admin);
            Assert.True(all.Count > own.Count);
            var foreign = all.First(e => Text(e, "project_id") != stage.Project);
            Assert.Equal(404, (await stage.GetAsync($"events/{Text(foreign, "id")}", stage.Manager)).Status);
            Assert.Equal(400, (await stage.GetAsync($"events?marker={Text(foreign, "id")}", stage.Manager)).Status);
            Assert.Empty(await stage.EventsAsync($"?project_id={Text(foreign, "project_id")}", stage.Manager));
        });

    [Fact]
    public void A_manager_of_a_domain_reads_the_domain_and_its_projects_and_a_reader_of_the_system_all() =>
        AuditStage.Run(async stage =>
        {
            await stage.ActAsync("mine");
            var user = await stage.AddUserAsync("warden");
            var warden = new CloudUser("warden", "warden-secret", "");
            await stage.GrantAsync("domains/default", user, "manager");
            await stage.GrantAsync("system", user, "reader");
            var other = """{"domain": {"name": "other"}}""";
            (await stage.Cloud.PostAsync("/v3/domains", other, stage.Cloud.Admin)).Must(201);
            var domain = await stage.GetAsAsync("events", warden, """{"domain": {"id": "default"} }""");
            var events = domain.Must(200).Json.GetProperty("events").EnumerateArray().ToList();
            Assert.Contains(events, e => Text(e, "project_id") == stage.Project);
            Assert.All(events, e => Assert.Equal("default", Text(e, "domain_id")));
            var system = await stage.GetAsAsync("events", warden, """{"system": {"all": true} }""");
            Assert.True(system.Must(200).Json.GetProperty("events").GetArrayLength() > events.Count);
        });

    [Fact]
    public void Filters_find_what_they_name_and_pages_follow_each_other() =>
        AuditStage.Run(async stage =>
        {
            var cloud = stage.Cloud;
            for (var i = 0; i < 5; i++)
            {
                await stage.ActAsync($"key-{i}");
                await cloud.PassAsync(TimeSpan.FromMinutes(1));
            }
            var own = await stage.EventsAsync("", stage.Manager);
            Assert.Equal(["key-4", "key-3", "key-2", "key-1", "key-0"], own.Select(e => Text(e, "target", "id")));
            var at = Uri.EscapeDataString(Text(own[2], "at"));
            Assert.Equal(3, (await stage.EventsAsync($"?since={at}", stage.Manager)).Count);
            Assert.Equal(2, (await stage.EventsAsync($"?until={at}", stage.Manager)).Count);
            Assert.Single(await stage.EventsAsync("?target_type=keypair&target_id=key-3", stage.Manager));
            Assert.Equal(5, (await stage.EventsAsync("?target_type=keypair", stage.Cloud.Admin)).Count);
            Assert.Empty(await stage.EventsAsync("?target_type=key", stage.Cloud.Admin));
            var user = Text(own[0], "user_id");
            Assert.Equal(5, (await stage.EventsAsync($"?user_id={user}&result=success", cloud.Admin)).Count);
            Assert.Empty(await stage.EventsAsync($"?user_id={user}&rule=x", cloud.Admin));
            var seen = new List<string>();
            for (var next = "/audit/v1/events?limit=2&sort=at:asc"; next is not null; )
            {
                var page = (await cloud.GetAsync(next, stage.Manager)).Must(200).Json;
                seen.AddRange(page.GetProperty("events").EnumerateArray().Select(e => Text(e, "target", "id")));
                next = page.GetProperty("next").GetString();
            }
            Assert.Equal(["key-0", "key-1", "key-2", "key-3", "key-4"], seen);
        });

    [Fact]
    public void What_is_not_understood_is_named() =>
        AuditStage.Run(async stage =>
        {
            foreach (var wrong in new[] { "since=yesterday", "target_id=x", "format=xml", "marker=x", "colour=red" })
            {
                var answer = await stage.GetAsync($"events?{wrong}", stage.Cloud.Admin);
                Assert.Contains(wrong.Split('=')[0], answer.Must(400).Body, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void An_event_is_told_in_the_words_of_CADF() =>
        AuditStage.Run(async stage =>
        {
            await stage.ActAsync("mine");
            var listed = await stage.GetAsync("events?format=cadf&limit=1", stage.Manager);
            var seen = listed.Must(200).Json.GetProperty("events")[0];
            Assert.Equal("http://schemas.dmtf.org/cloud/audit/1.0/event", Text(seen, "typeURI"));
            Assert.Equal("activity", Text(seen, "eventType"));
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$", Text(seen, "eventTime"));
            Assert.Equal(("create", "success"), (Text(seen, "action"), Text(seen, "outcome")));
            Assert.Equal("service/security/account/user", Text(seen, "initiator", "typeURI"));
            Assert.Equal(stage.Project, Text(seen, "initiator", "project_id"));
            Assert.Equal(
                ("data/security/keypair", "mine"),
                (Text(seen, "target", "typeURI"), Text(seen, "target", "id"))
            );
            Assert.Equal("os_compute_api:os-keypairs:create", Text(seen, "reason", "policyId"));
            Assert.StartsWith("urn:pipeline:", Text(seen, "id"), StringComparison.Ordinal);
            Assert.Equal(64, Text(seen.GetProperty("attachments")[0], "content", "hash").Length);
            var id = Text(seen, "id").Split(':')[^1];
            var one = await stage.GetAsync($"events/{id}?format=cadf", stage.Manager);
            Assert.Equal(seen.ToString(), one.Must(200).Json.ToString());
        });

    private static string Text(JsonElement json, params string[] path)
    {
        foreach (var name in path)
            json = json.GetProperty(name);
        return json.ToString();
    }
}
