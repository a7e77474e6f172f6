using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class ServerListTests
{
    private const string Servers = StandingServer.Servers;

    [Fact]
    public void A_list_is_sorted_and_paged_by_the_clients_keys() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            foreach (var name in new[] { "b", "a", "c" })
            {
                await cloud.CreateServerAsync(name);
                await cloud.IdleAsync();
            }
            Assert.Equal("a b c", await PagesAsync(cloud, "sort_key=display_name&sort_dir=asc"));
            Assert.Equal("c b a", await PagesAsync(cloud, "sort_key=display_name")); // Nova's own direction
            const string two = "sort_key=vm_state&sort_key=display_name&sort_dir=asc&sort_dir=desc";
            Assert.Equal("c b a", await PagesAsync(cloud, two));
            Assert.Equal("c a b", await PagesAsync(cloud, "")); // the newest first
            Assert.Equal("c a b", await PagesAsync(cloud, "sort_key=task_state"));
        });

    private static async Task<string> PagesAsync(TestCloud cloud, string sort)
    {
        var seen = new List<string>();
        var page = $"{Servers}?limit=1&{sort}";
        while (page is not null)
        {
            var answer = (await cloud.GetAsync(page, cloud.Demo)).Must(200).Json;
            seen.AddRange(answer.GetProperty("servers").EnumerateArray().Select(s => s.GetProperty("name").ToString()));
            page = answer.TryGetProperty("servers_links", out var links)
                ? new Uri(links[0].GetProperty("href").GetString()!).PathAndQuery
                : null;
        }
        return string.Join(' ', seen);
    }

    [Fact]
    public void What_a_list_does_not_understand_is_400() =>
        TestCloud.Run(async cloud =>
        {
            foreach (var query in new[] { "changes-since=2011/01/01", "changes-since=yesterday", "sort_key=secret" })
                (await cloud.GetAsync($"{Servers}?{query}", cloud.Demo)).Must(400);
        });

    [Fact]
    public void Times_come_in_the_forms_of_ISO_8601() =>
        TestCloud.Run(async cloud =>
        {
            string[] times =
            [
                "2026-01-02",
                "2026-01-02T03:04:05",
                "2026-01-02T03:04:05.678Z",
                "2026-01-02 03:04:05",
                "2026-01-02T03:04:05+01:00",
                "2026-01-02T03:04:05%2B0100",
            ];
            foreach (var time in times)
                (await cloud.GetAsync($"{Servers}?changes-since={time}", cloud.Demo)).Must(200);
        });

    [Fact]
    public void Only_an_operator_who_asks_for_all_projects_may_name_one() =>
        StandingServer.Run(
            async (cloud, _) =>
            {
                var show = await cloud.GetAsync("/v3/auth/projects", cloud.Demo);
                var project = show.Must(200).Json.GetProperty("projects")[0].GetProperty("id");
                Assert.Equal(1, await CountAsync(cloud, $"all_tenants=1&project_id={project}", cloud.Admin));
                Assert.Equal(1, await CountAsync(cloud, $"all_tenants=1&tenant_id={project}", cloud.Admin));
                Assert.Equal(0, await CountAsync(cloud, "all_tenants=1&project_id=other", cloud.Admin));
                Assert.Equal(0, await CountAsync(cloud, $"project_id={project}", cloud.Admin));
                Assert.Equal(1, await CountAsync(cloud, "project_id=other", cloud.Demo));
            }
        );

    private static async Task<int> CountAsync(TestCloud cloud, string query, CloudUser user) =>
        (await cloud.GetAsync($"{Servers}?{query}", user)).Must(200).Json.GetProperty("servers").GetArrayLength();
}
