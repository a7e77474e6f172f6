using Pipeline.Contracts.Identity;
using Pipeline.Runtime;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network;

public sealed class SurfaceTests
{
    private static readonly string[] Public = ["/network/", "/network/v2.0/"];

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void Versions_are_told_without_a_token(string slash) =>
        NetworkWorld.Run(async world =>
        {
            var root = await world.SendAsync("GET", slash, token: null);
            Golden.Matches(root.Golden, "network/versions/list.200.json");
            var version = await world.SendAsync("GET", $"/v2.0{slash}", token: null);
            Golden.Matches(version.Golden, "network/versions/show.200.json");
        });

    [Fact]
    public void The_catalogue_names_the_service_once() =>
        NetworkWorld.Run(world =>
        {
            var entry = Assert.Single(world.Get<IEnumerable<CatalogEntry>>());
            Assert.Equal(new CatalogEntry("network", "neutron", "/network"), entry);
            return Task.CompletedTask;
        });

    [Fact]
    public void Extensions_are_listed_and_found_by_alias() =>
        NetworkWorld.Run(async world =>
        {
            var list = await world.GetAsync("/extensions");
            Golden.Matches(list.Golden, "network/extensions/list.200.json");
            foreach (var alias in list.All("extensions", "alias"))
                Assert.Equal(alias, (await world.GetAsync($"/extensions/{alias}")).Text("extension", "alias"));
            Assert.Equal(404, (await world.GetAsync("/extensions/Availability%20Zone")).Status);
        });

    [Fact]
    public void The_clouds_zone_is_listed() =>
        NetworkWorld.Run(async world =>
        {
            const string zone = """{"availability_zones":[{"state":"available","resource":"network","name":"nova"}]}""";
            Assert.Equal(zone, (await world.GetAsync("/availability_zones")).Body);
            Assert.Equal(zone, (await world.GetAsync("/availability_zones?name=nova&resource=network")).Body);
            Assert.Equal("""{"availability_zones":[]}""", (await world.GetAsync("/availability_zones?name=x")).Body);
        });

    [Theory]
    [InlineData("/log/logs")]
    [InlineData("/metering/metering-labels")]
    public void What_does_not_work_yet_is_not_there(string path) =>
        NetworkWorld.Run(async world =>
        {
            var seen = await world.GetAsync(path, "admin");
            Assert.Equal((404, "HTTPNotFound"), seen.Fault);
        });

    [Fact]
    public void No_route_answers_without_a_token_and_readers_change_nothing() =>
        NetworkWorld.Run(async world =>
        {
            var routes = world.Get<RouteTable>().Print().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.NotEmpty(routes);
            foreach (var route in routes.Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                var (method, template) = (route[0], route[1]);
                if (Public.Contains(template))
                    continue;
                var path = template["/network".Length..].Replace("{", "").Replace("}", "");
                Assert.Equal((path, 401), (path, (await world.SendAsync(method, path, token: null)).Status));
                if (method != "GET")
                    Assert.Equal((path, 403), (path, (await world.SendAsync(method, path, token: "reader")).Status));
            }
            Assert.Equal(0, await world.CountAsync("audit"));
        });

    [Fact]
    public void Every_change_is_in_the_audit() =>
        NetworkWorld.Run(async world =>
        {
            var network = await world.NetworkAsync();
            var subnet = await world.SubnetAsync(network, "10.0.0.0/24");
            var port = await world.PortAsync(network);
            var group = await world.GroupAsync("g");
            var rule = (await world.RuleAsync(group, "\"direction\":\"ingress\"")).Id("security_group_rule");
            await world.PutAsync($"/networks/{network}", """{"network":{"name":"x"}}""");
            await world.PutAsync($"/subnets/{subnet}", """{"subnet":{"name":"x"}}""");
            await world.PutAsync($"/ports/{port}", """{"port":{"name":"x"}}""");
            await world.PutAsync($"/security-groups/{group}", """{"security_group":{"name":"x"}}""");
            await world.PutAsync($"/networks/{network}/tags/a", "");
            await world.DeleteAsync($"/security-group-rules/{rule}");
            await world.DeleteAsync($"/security-groups/{group}");
            await world.DeleteAsync($"/ports/{port}");
            await world.DeleteAsync($"/subnets/{subnet}");
            await world.DeleteAsync($"/networks/{network}");
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"network":3}}""", "admin");
            await world.DeleteAsync($"/quotas/{NetworkWorld.Project}", "admin");
            Assert.Equal(17, await world.CountAsync("audit"));
            Assert.Equal(17, await world.CountAsync("(SELECT DISTINCT request_id FROM audit) AS requests"));
        });
}
