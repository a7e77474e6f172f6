using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class ListServersTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            await world.BuildAsync("one", ""","metadata":{"My Server Name":"Apache1"}""");
            await world.BuildAsync("two");
            Golden.Matches((await world.GetAsync("/servers?limit=1")).Golden, "compute/servers/list.200.json");
            Golden.Matches(
                (await world.GetAsync("/servers/detail?name=one")).Golden,
                "compute/servers/detail.200.json"
            );
        });

    [Fact]
    public void The_newest_comes_first_and_pages_follow_their_links() =>
        ComputeWorld.Run(async world =>
        {
            await ThreeAsync(world);
            Assert.Equal("c b a", await world.NamesAsync(""));
            var pages = new List<string>();
            var path = "/compute/v2.1/servers/detail?limit=2&name=.";
            while (path.Length > 0)
            {
                var page = await world.SendAsync("GET", path);
                pages.Add(string.Join(' ', page.All("servers", "name")));
                path = page.Json.TryGetProperty("servers_links", out var links)
                    ? new Uri(links[0].GetProperty("href").GetString()!).PathAndQuery
                    : "";
            }
            Assert.Equal(["c b", "a"], pages);
        });

    [Fact]
    public void A_marker_is_the_last_one_of_the_page_before() =>
        ComputeWorld.Run(async world =>
        {
            var (a, _, c) = await ThreeAsync(world);
            Assert.Equal("b a", await world.NamesAsync($"?marker={c}"));
            Assert.Equal("", await world.NamesAsync($"?marker={a}"));
            var unknown = await world.GetAsync("/servers?marker=99999999-0000-4000-8000-000000000000");
            Assert.Equal("400 badRequest: marker [99999999-0000-4000-8000-000000000000] not found", unknown.Fault);
            var foreign = await world.GetAsync($"/servers?marker={a}", "theirs:member");
            Assert.Equal($"400 badRequest: marker [{a}] not found", foreign.Fault);
        });

    [Fact]
    public void It_is_sorted_by_the_clients_keys_also_over_pages() =>
        ComputeWorld.Run(async world =>
        {
            await ThreeAsync(world);
            (string, string)[] cases =
            [
                ("sort_key=display_name&sort_dir=asc", "a b c"),
                ("sort_key=display_name", "c b a"),
                ("sort_key=created_at&sort_dir=asc", "a b c"),
                ("sort_key=vm_state&sort_dir=asc&sort_key=display_name&sort_dir=desc", "c b a"),
                ("sort_key=key_name&sort_key=display_name&sort_dir=asc", "a b c"),
            ];
            foreach (var (sort, sorted) in cases)
                Assert.Equal(
                    (sort, sorted, sorted),
                    (sort, await world.NamesAsync($"?{sort}"), await PagedAsync(world, sort))
                );
        });

    [Fact]
    public void A_wrong_parameter_is_named() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("limit=-1", "limit"),
                ("limit=x", "limit"),
                ("sort_key=fault", "sort_key"),
                ("sort_key=created_at&sort_dir=up", "sort_dir"),
                ("changes-since=yesterday", "changes-since"),
                ("name=[", "name"),
                ("all_tenants=perhaps", "all_tenants"),
            ];
            foreach (var (query, named) in cases)
            {
                var refused = await world.GetAsync($"/servers?{query}");
                Assert.StartsWith($"400 badRequest: Invalid input for query parameter {named}", refused.Fault);
            }
        });

    [Fact]
    public void Filters_find_what_they_say() =>
        ComputeWorld.Run(async world =>
        {
            var (a, _, _) = await ThreeAsync(world);
            await world.PostAsync($"/servers/{a}/action", """{"os-stop":null}""");
            await world.SettleAsync();
            Assert.Equal("a", await world.NamesAsync("?status=SHUTOFF"));
            Assert.Equal("c b", await world.NamesAsync("?status=active"));
            Assert.Equal("", await world.NamesAsync("?status=nonsense"));
            Assert.Equal("c a", await world.NamesAsync("?name=%5E[ac]$"));
            Assert.Equal("c b a", await world.NamesAsync($"?image={world.Image}&flavor=small"));
            Assert.Equal("", await world.NamesAsync("?flavor=large"));
            Assert.Equal("a", await world.NamesAsync($"?ip={await AddressAsync(world, a)}$"));
            Assert.Equal("", await world.NamesAsync("?ip6=fd00"));
            Assert.Equal("", await world.NamesAsync("?limit=0"));
            Assert.Equal("c b a", await world.NamesAsync("?unknown=filter"));
        });

    [Fact]
    public void Changes_since_a_time_are_found() =>
        ComputeWorld.Run(async world =>
        {
            var (a, _, _) = await ThreeAsync(world);
            await world.PassAsync(TimeSpan.FromMinutes(1));
            var since = Uri.EscapeDataString($"{world.Now:O}");
            await world.PutAsync($"/servers/{a}", """{"server":{"name":"a2"}}""");
            Assert.Equal("a2", await world.NamesAsync($"?changes-since={since}"));
        });

    [Fact]
    public void A_project_sees_its_own_and_only_admins_may_ask_for_all() =>
        ComputeWorld.Run(async world =>
        {
            await world.BuildAsync("mine");
            Assert.Equal("", await world.NamesAsync("", "theirs:member"));
            Assert.Equal("", await world.NamesAsync("", "theirs:admin"));
            Assert.Equal("mine", await world.NamesAsync("?all_tenants=1", "theirs:admin"));
            Assert.Equal("mine", await world.NamesAsync("?all_tenants", "theirs:admin"));
            Assert.Equal("mine", await world.NamesAsync("?all_tenants=0", "mine:member"));
            Assert.Equal(
                "mine",
                await world.NamesAsync($"?all_tenants=1&project_id={ComputeWorld.Mine}", "theirs:admin")
            );
            Assert.Equal("", await world.NamesAsync($"?all_tenants=1&tenant_id={ComputeWorld.Theirs}", "theirs:admin"));
            var refused = await world.GetAsync("/servers/detail?all_tenants=True");
            Assert.Equal(
                "403 forbidden: Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.",
                refused.Fault
            );
        });

    [Fact]
    public void Only_an_admin_filters_by_host() =>
        ComputeWorld.Run(async world =>
        {
            await world.BuildAsync("one");
            Assert.Equal("one", await world.NamesAsync("?host=metal-1", "mine:admin"));
            Assert.Equal("", await world.NamesAsync("?host=metal-2", "mine:admin"));
            Assert.Equal("one", await world.NamesAsync("?host=metal-2"));
        });

    private static async Task<string> PagedAsync(ComputeWorld world, string sort)
    {
        var found = new List<string>();
        var marker = "";
        while (true)
        {
            var page = await world.GetAsync($"/servers?limit=1&{sort}{marker}");
            if (page.All("servers", "id") is not [var last])
                return string.Join(' ', found);
            found.AddRange(page.All("servers", "name"));
            marker = $"&marker={last}";
        }
    }

    private static async Task<(string A, string B, string C)> ThreeAsync(ComputeWorld world) =>
        (await world.BuildAsync("a"), await world.BuildAsync("b"), await world.BuildAsync("c"));

    private static async Task<string> AddressAsync(ComputeWorld world, string id)
    {
        var server = (await world.GetAsync($"/servers/{id}")).Json.GetProperty("server");
        return server.GetProperty("addresses").GetProperty("private")[0].GetProperty("addr").GetString()!;
    }
}
