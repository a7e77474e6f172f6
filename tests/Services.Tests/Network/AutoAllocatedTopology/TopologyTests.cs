using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.AutoAllocatedTopology;

public sealed class TopologyTests
{
    private const string Mine = $"/auto-allocated-topology/{NetworkWorld.Project}";
    private const string Topology = "auto_allocated_topology";

    [Fact]
    public void A_project_gets_a_network_that_leads_outside() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            var made = await world.GetAsync(Mine);
            Golden.Matches(made.Golden, "network/auto-allocated-topology/show.200.json");
            var network = made.Text(Topology, "id");
            Assert.Equal(
                "auto_allocated_network",
                (await world.GetAsync($"/networks/{network}")).Text("network", "name")
            );
            var subnets = await world.GetAsync($"/subnets?network_id={network}");
            Assert.Equal(["auto_allocated_subnet_v4"], subnets.All("subnets", "name"));
            Assert.Equal(["10.64.0.0/26"], subnets.All("subnets", "cidr"));
            var routers = await world.GetAsync("/routers");
            Assert.Equal(["auto_allocated_router"], routers.All("routers", "name"));
            var router = routers.All("routers", "id")[0];
            var legs = await world.GetAsync($"/ports?device_id={router}&network_id={network}", "admin");
            Assert.Equal(["network:router_interface"], legs.All("ports", "device_owner"));
            Assert.Equal((1, 1, 1), await UsedAsync(world));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_often_and_at_once_it_is_asked_for_there_is_one(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                await FurnishAsync(world);
                var answers = await Task.WhenAll(
                    world.GetAsync(Mine),
                    world.GetAsync(Mine),
                    world.GetAsync("/auto-allocated-topology/None")
                );
                Assert.Single(answers.Select(a => a.Text(Topology, "id")).Distinct());
                Assert.Equal(answers[0].Body, (await world.GetAsync(Mine)).Body);
                Assert.Equal((1, 1, 1), await UsedAsync(world));
                Assert.Equal(1, await world.CountAsync("routers"));
            },
            seed
        );

    [Fact]
    public void It_goes_whole_and_can_be_had_again() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            var first = (await world.GetAsync(Mine)).Text(Topology, "id");
            Assert.Equal(204, (await world.DeleteAsync(Mine)).Status);
            await world.SettleAsync();
            Assert.Equal(404, (await world.GetAsync($"/networks/{first}")).Status);
            Assert.Empty((await world.GetAsync("/routers")).All("routers", "id"));
            Assert.Equal((0, 0, 0), await UsedAsync(world));
            Assert.Equal(0, await world.CountAsync("auto_allocated_topologies"));
            Assert.Equal(204, (await world.DeleteAsync(Mine)).Status);
            Assert.NotEqual(first, (await world.GetAsync(Mine)).Text(Topology, "id"));
        });

    [Fact]
    public void What_is_in_use_stays_whole() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            var network = (await world.GetAsync(Mine)).Text(Topology, "id");
            var port = await world.PortAsync(network);
            Assert.Equal((409, "NetworkInUse"), (await world.DeleteAsync(Mine)).Fault);
            Assert.Equal(network, (await world.GetAsync(Mine)).Text(Topology, "id"));
            Assert.Single((await world.GetAsync("/routers")).All("routers", "id"));
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync(Mine)).Status);
        });

    [Fact]
    public void A_network_that_its_project_has_deleted_is_made_anew() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            var first = (await world.GetAsync(Mine)).Text(Topology, "id");
            var router = (await world.GetAsync("/routers")).All("routers", "id")[0];
            var subnet = (await world.GetAsync($"/subnets?network_id={first}")).All("subnets", "id")[0];
            await world.PutAsync($"/routers/{router}/remove_router_interface", $"{{\"subnet_id\":\"{subnet}\"}}");
            Assert.Equal(204, (await world.DeleteAsync($"/networks/{first}")).Status);
            Assert.NotEqual(first, (await world.GetAsync(Mine)).Text(Topology, "id"));
        });

    [Fact]
    public void A_check_makes_nothing_and_says_what_is_missing() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var path in (string[])[$"{Mine}?fields=dry-run", Mine])
            {
                var nowhere = await world.GetAsync(path);
                Assert.Equal((409, "AutoAllocationFailure"), nowhere.Fault);
                Assert.Equal("Deployment error: No default router:external network.", nowhere.Message);
            }
            await OutsideAsync(world);
            var dry = await world.GetAsync($"{Mine}?fields=dry-run");
            Assert.Equal("Deployment error: No default subnetpools defined.", dry.Message);
            await PoolAsync(world);
            Assert.Equal("dry-run=pass", (await world.GetAsync($"{Mine}?fields=dry-run")).Text(Topology, "id"));
            Assert.Equal(400, (await world.GetAsync($"{Mine}?fields=id")).Status);
            Assert.Equal((0, 0, 0), await UsedAsync(world));
        });

    [Fact]
    public void What_the_quota_does_not_give_is_not_half_made() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            await world.PutAsync($"/quotas/{NetworkWorld.Project}", """{"quota":{"router":0}}""", "admin");
            Assert.Equal((409, "OverQuota"), (await world.GetAsync(Mine)).Fault);
            Assert.Equal((0, 0, 0), await UsedAsync(world));
            Assert.Equal(1, await world.CountAsync("networks"));
        });

    [Fact]
    public void A_full_pool_or_a_full_outside_is_a_failure_that_leaves_nothing() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            var spare = await world.NetworkAsync();
            var all = NetworkWorld.Item(
                "subnet",
                NetworkWorld.Pair("network_id", spare),
                "\"ip_version\":4,\"use_default_subnetpool\":true,\"prefixlen\":24"
            );
            Assert.Equal(201, (await world.PostAsync("/subnets", all)).Status);
            var full = await world.GetAsync(Mine);
            Assert.Equal((409, "AutoAllocationFailure"), full.Fault);
            Assert.Contains("Unable to provide tenant private network", full.Message);
            Assert.Equal((1, 1, 0), await UsedAsync(world));
        });

    [Fact]
    public void Anothers_topology_is_an_admins_alone() =>
        NetworkWorld.Run(async world =>
        {
            await FurnishAsync(world);
            Assert.Equal((403, "NotAuthorized"), (await world.GetAsync(Mine, "other")).Fault);
            Assert.Equal((403, "NotAuthorized"), (await world.DeleteAsync(Mine, "other")).Fault);
            Assert.Equal(403, (await world.GetAsync(Mine, "reader")).Status);
            var theirs = await world.GetAsync($"/auto-allocated-topology/{NetworkWorld.Other}", "admin");
            Assert.Equal(NetworkWorld.Other, theirs.Text(Topology, "tenant_id"));
            Assert.Equal((1, 1, 1), await UsedAsync(world, NetworkWorld.Other));
            Assert.Equal((0, 0, 0), await UsedAsync(world));
        });

    [Fact]
    public void One_external_network_is_the_default() =>
        NetworkWorld.Run(async world =>
        {
            var first = await OutsideAsync(world);
            const string second = """{"network":{"router:external":true,"is_default":true}}""";
            Assert.Equal(
                (409, "DefaultExternalNetworkExists"),
                (await world.PostAsync("/networks", second, "admin")).Fault
            );
            Assert.Equal(
                400,
                (await world.PostAsync("/networks", """{"network":{"is_default":true}}""", "admin")).Status
            );
            Assert.Equal(403, (await world.PostAsync("/networks", """{"network":{"is_default":true}}""")).Status);
            var found = await world.GetAsync("/networks?is_default=true", "admin");
            Assert.Equal([first], found.All("networks", "id"));
            await world.PutAsync($"/networks/{first}", """{"network":{"router:external":false}}""", "admin");
            Assert.Equal("False", (await world.GetAsync($"/networks/{first}", "admin")).Text("network", "is_default"));
            Assert.Equal(201, (await world.PostAsync("/networks", second, "admin")).Status);
        });

    private static async Task FurnishAsync(NetworkWorld world)
    {
        await OutsideAsync(world);
        await PoolAsync(world);
    }

    private static async Task<string> OutsideAsync(NetworkWorld world)
    {
        const string outside = """{"network":{"router:external":true,"is_default":true}}""";
        var id = (await world.PostAsync("/networks", outside, "admin")).Id("network");
        var subnet = NetworkWorld.SubnetBody(id, "203.0.113.0/24", "\"enable_dhcp\":false");
        Assert.Equal(201, (await world.PostAsync("/subnets", subnet, "admin")).Status);
        return id;
    }

    private static async Task PoolAsync(NetworkWorld world)
    {
        const string pool =
            """{"subnetpool":{"name":"p","prefixes":["10.64.0.0/24"],"default_prefixlen":26,"is_default":true,"shared":true}}""";
        Assert.Equal(201, (await world.PostAsync("/subnetpools", pool, "admin")).Status);
    }

    /// <summary>Networks, subnets and routers that are counted for a project; what an operator has is not the project's.</summary>
    private static async Task<(long, long, long)> UsedAsync(NetworkWorld world, string project = NetworkWorld.Project)
    {
        var outside = project == NetworkWorld.Project ? await world.CountAsync("networks", "is_default = 1") : 0;
        return (
            await world.UsedAsync("network", project) - outside,
            await world.UsedAsync("subnet", project) - outside,
            await world.UsedAsync("router", project)
        );
    }
}
