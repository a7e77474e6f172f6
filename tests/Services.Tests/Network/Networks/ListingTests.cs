using Microsoft.AspNetCore.Http;
using Pipeline.Network.AddressGroups;
using Pipeline.Network.AddressScopes;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Rbac;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.Networks;

public sealed class ListingTests
{
    private static readonly (string Query, string Names)[] Queries =
    [
        ("name=a", "a"),
        ("name=a&name=c&sort_key=name&sort_dir=asc", "a c"),
        ("name=", ""),
        ("mtu=1400", "b"),
        ("admin_state_up=False", "c"),
        ("admin_state_up=true&name=c", "-"),
        ("description=d", "a"),
        ("description=&sort_key=name&sort_dir=asc", " b c"),
        ("status=ACTIVE&sort_key=name&sort_dir=desc", "c b a "),
        ("status=DOWN", "-"),
        ("shared=true", "-"),
        ("router:external=false&limit=0", "* 4"),
        ("project_id=11111111111111111111111111111111", "* 4"),
        ("tenant_id=22222222222222222222222222222222", "-"),
        ("provider:network_type=vxlan", "* 4"),
        ("id=nonsense", "-"),
        ("tags=x", "a"),
        ("tags=x,y", "a"),
        ("tags=x,z", "-"),
        ("tags-any=y,z&sort_key=name&sort_dir=asc", "a b"),
        ("not-tags=x&sort_key=name&sort_dir=asc", " b c"),
        ("not-tags-any=x,z&sort_key=name&sort_dir=asc", " c"),
        ("sort_key=mtu&sort_key=name&sort_dir=asc&sort_dir=desc", "b c a "),
    ];

    [Fact]
    public void A_list_is_filtered_and_sorted() =>
        NetworkWorld.Run(async world =>
        {
            await FillAsync(world);
            foreach (var (query, names) in Queries)
            {
                var seen = (await world.GetAsync($"/networks?{query}")).All("networks", "name");
                var shown =
                    names.StartsWith('*') ? $"* {seen.Count}"
                    : seen.Count == 0 ? "-"
                    : string.Join(' ', seen);
                Assert.Equal((query, names), (query, shown));
            }
        });

    private static readonly (string Query, string Message)[] Refused =
    [
        ("foo=1", "['foo'] is invalid attribute for filtering"),
        ("subnets=x", "['subnets'] is invalid attribute for filtering"),
        ("sort_key=foo&sort_dir=asc", "['foo'] is invalid attribute for sort_keys"),
        ("sort_key=name", "The number of sort_keys and sort_dirs must be same"),
        ("sort_key=name&sort_dir=up", "['up'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'"),
        ("limit=-1", "Bad limit request: Limit must be an integer 0 or greater and not '-1'."),
        ("admin_state_up=perhaps", "Invalid input for operation: 'perhaps' cannot be converted to boolean."),
        ("mtu=a", "Invalid input for operation: 'a' is not an integer."),
    ];

    [Fact]
    public void A_query_that_means_nothing_is_refused() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var (query, message) in Refused)
            {
                var seen = await world.GetAsync($"/networks?{query}");
                Assert.Equal((query, 400, message), (query, seen.Status, seen.Message));
            }
        });

    [Fact]
    public void Pages_hold_everything_once_forwards_and_backwards() =>
        NetworkWorld.Run(async world =>
        {
            for (var i = 0; i < 7; i++)
                await world.NetworkAsync($"\"mtu\":{1400 + i % 3},\"description\":\"{i % 2}\"");
            foreach (var order in Orders)
            {
                var all = (await world.GetAsync($"/networks?limit=0{order}")).All("networks", "id");
                Assert.Equal(all, await WalkAsync(world, $"/networks?limit=2{order}", "next"));
                var backwards = await WalkAsync(world, $"/networks?limit=2{order}&page_reverse=true", "previous");
                Assert.Equal(all.Order(), backwards.Order());
            }
        });

    private static readonly string[] Orders =
    [
        "",
        "&sort_key=name&sort_dir=asc",
        "&sort_key=name&sort_dir=desc",
        "&sort_key=mtu&sort_dir=desc&sort_key=description&sort_dir=asc",
        "&sort_key=created_at&sort_dir=asc",
    ];

    [Fact]
    public void A_marker_nobody_sees_is_not_found() =>
        NetworkWorld.Run(async world =>
        {
            var foreign = await world.NetworkAsync(token: "other");
            foreach (var marker in new[] { "none", foreign })
            {
                var seen = await world.GetAsync($"/networks?limit=1&marker={marker}");
                Assert.Equal((404, "NetworkNotFound"), seen.Fault);
            }
        });

    [Fact]
    public void Only_the_fields_that_are_asked_for_are_shown() =>
        NetworkWorld.Run(async world =>
        {
            await world.NetworkAsync();
            var seen = await world.GetAsync("/networks?fields=name&fields=mtu&fields=unknown");
            Assert.Equal("""{"networks":[{"name":"n","mtu":1450}]}""", seen.Body);
        });

    private static readonly ListSource[] Sources =
    [
        NetworkStore.Listed,
        AddressScopeStore.Listed,
        SubnetPoolStore.Listed,
        AddressGroupStore.Listed,
        RbacStore.Listed,
        SubnetStore.Listed,
        PortStore.Listed,
        SecurityGroupStore.Listed,
        SecurityGroupRuleStore.Listed,
    ];

    [Fact]
    public void A_tenants_list_reads_its_own_rows_alone() =>
        NetworkWorld.Run(async world =>
        {
            Assert.SkipWhen(TestDatabases.OnPostgres, "the plan is SQLite's");
            foreach (var source in Sources)
            {
                var plan = await PlanAsync(world, source);
                Assert.DoesNotContain(plan, step => step.StartsWith("SCAN x", StringComparison.Ordinal));
                Assert.DoesNotContain(
                    plan,
                    step => step.Contains("TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal)
                );
            }
        });

    [Theory]
    [InlineData("fixed_ips=ip_address%3D10.0.0.5")]
    [InlineData("fixed_ips=subnet_id%3Dx")]
    [InlineData("security_groups=x")]
    [InlineData("tags-any=x,y")]
    [InlineData("device_id=x")]
    [InlineData("network_id=x")]
    public void An_admins_filtered_list_reads_what_it_shows_alone(string filter) =>
        NetworkWorld.Run(async world =>
        {
            Assert.SkipWhen(TestDatabases.OnPostgres, "the plan is SQLite's");
            var http = new DefaultHttpContext();
            http.Request.QueryString = new($"?{filter}&limit=1000");
            var query = ListQuery.Of(http.Request, PortView.All);
            var plan = await world.Db.ReadAsync(tx =>
                tx.ListAsync<PlanRow>($"EXPLAIN QUERY PLAN {query.Statement(PortStore.Listed, null)}", query.Args(null))
            );
            Assert.DoesNotContain(plan, step => step.Detail.StartsWith("SCAN x", StringComparison.Ordinal));
        });

    private static async Task FillAsync(NetworkWorld world)
    {
        var a = await world.NetworkAsync("\"name\":\"a\",\"description\":\"d\"");
        var b = await world.NetworkAsync("\"name\":\"b\",\"mtu\":1400");
        await world.NetworkAsync("\"name\":\"c\",\"admin_state_up\":false");
        await world.NetworkAsync("\"name\":\"\"");
        await world.NetworkAsync("\"name\":\"foreign\"", "other");
        await world.PutAsync($"/networks/{a}/tags", """{"tags":["x","y"]}""");
        await world.PutAsync($"/networks/{b}/tags", """{"tags":["z"]}""");
    }

    private static async Task<List<string>> WalkAsync(NetworkWorld world, string path, string rel)
    {
        var ids = new List<string>();
        for (string? next = path; next is not null; )
        {
            var seen = await world.GetAsync(next);
            ids.AddRange(seen.All("networks", "id"));
            next = seen.Json.TryGetProperty("networks_links", out var links)
                ? links
                    .EnumerateArray()
                    .Where(l => l.GetProperty("rel").GetString() == rel)
                    .Select(Path)
                    .SingleOrDefault()
                : null;
        }
        return ids;
    }

    private static string Path(System.Text.Json.JsonElement link) =>
        link.GetProperty("href").GetString()!.Replace("http://cloud.example:7071/network/v2.0", "");

    /// <summary>What the store says it would do for a tenant's plain list.</summary>
    private static Task<IReadOnlyList<string>> PlanAsync(NetworkWorld world, ListSource source) =>
        world.Db.ReadAsync(async tx =>
        {
            var viewer = new ProjectId(NetworkWorld.Project);
            var rows = await tx.ListAsync<PlanRow>(
                $"EXPLAIN QUERY PLAN SELECT x.id FROM {source.Table} x WHERE {source.For(viewer)} ORDER BY x.id LIMIT 10",
                new { viewer }
            );
            return (IReadOnlyList<string>)[.. rows.Select(r => r.Detail)];
        });

    private sealed record PlanRow
    {
        public string Detail { get; init; } = "";
    }
}
