using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>What is in a trunk is on the metal with its parent, and while the guest runs comes and goes.</summary>
public sealed class A_guest_has_a_trunk
{
    private const string Root = "/network/v2.0";

    private static CloudOptions Carrying
    {
        get
        {
            var options = new CloudOptions();
            var facts = new SortedDictionary<string, string>(options.Inventory.Facts.ToDictionary())
            {
                [$"linux-bridge{HostFactNames.Trunks}"] = HostFactNames.Carried,
            };
            return options with { Inventory = options.Inventory with { Facts = facts } };
        }
    }

    [Fact]
    public void A_server_is_built_with_all_of_it_and_leaves_it_as_it_was() =>
        TestCloud.Run(
            async cloud =>
            {
                await cloud.FurnishAsync();
                var (parent, trunk, subport) = await TrunkAsync(cloud, 101);
                await cloud.IdleAsync();
                cloud.Faults.Begin();
                var before = await cloud.ResourcesAsync();
                var id = await BootAsync(cloud, parent);
                var metal = cloud.Hosts[0].Metal;
                Assert.Equal(new HostTag(new(Guid.Parse(parent)), 101), metal.Ports[subport].Tag);
                Assert.Equal(parent, $"{Assert.Single(metal.Guests[id].Spec.Nics).Port}");
                Assert.Equal("ACTIVE", await StatusAsync(cloud, trunk));
                (await cloud.ActAsync(id, """{"os-stop": null}""")).Must(202);
                await cloud.IdleAsync();
                (await cloud.ActAsync(id, """{"os-start": null}""")).Must(202);
                await cloud.IdleAsync();
                Assert.Equal(2, metal.Ports.Count);
                (await cloud.DeleteAsync($"{Root}/ports/{subport}", cloud.Demo)).Must(409);
                await Journey.EndAsync(cloud, id, before);
                Assert.Empty(metal.Ports);
                Assert.Empty(metal.Networks);
                (await cloud.DeleteAsync($"{Root}/trunks/{trunk}", cloud.Demo)).Must(204);
            },
            options: Carrying
        );

    [Fact]
    public void A_running_guest_gets_a_port_though_its_agent_dies_and_loses_it_again() =>
        TestCloud.Run(
            async cloud =>
            {
                await cloud.FurnishAsync();
                var (parent, trunk, first) = await TrunkAsync(cloud, 101);
                var id = await BootAsync(cloud, parent);
                var metal = cloud.Hosts[0].Metal;
                var second = await PortAsync(cloud, await cloud.AddNetworkAsync("third", "10.9.0.0/24", cloud.Demo));
                await cloud.Hosts[0].KillAgentAsync();
                await ChangeAsync(cloud, trunk, "add", Sub(second, 102));
                await ChangeAsync(cloud, trunk, "remove", $$"""{"port_id": "{{first}}"}""");
                await cloud.PassAsync(TimeSpan.FromMinutes(1));
                Assert.Equal("BUILD", await StatusAsync(cloud, trunk));
                Assert.True(metal.Ports.ContainsKey(first));
                cloud.Hosts[0].StartAgent();
                await cloud.PassAsync(TimeSpan.FromMinutes(15));
                await cloud.IdleAsync();
                Assert.Equal("ACTIVE", await StatusAsync(cloud, trunk));
                Assert.Equal([.. new[] { parent, second }.Order()], metal.Ports.Keys.Order());
                (await cloud.DeleteAsync($"{Root}/ports/{first}", cloud.Demo)).Must(204);
                await cloud.DeleteServerAsync(id);
                await cloud.IdleAsync();
                Assert.Empty(metal.Ports);
            },
            options: Carrying
        );

    private static async Task<string> BootAsync(TestCloud cloud, string port)
    {
        var order = $$$"""
            {"server": {"name": "one", "flavorRef": "small", "imageRef": "{{{cloud.Image}}}", "networks": [{"port": "{{{port}}}"}]}}
            """;
        var id = (await cloud.PostAsync("/compute/v2.1/servers", order, cloud.Demo)).Must(202).Text("server", "id");
        await cloud.IdleAsync();
        Assert.Equal("ACTIVE", await cloud.StatusAsync(id));
        return id;
    }

    private static async Task<(string Parent, string Trunk, string Subport)> TrunkAsync(TestCloud cloud, int vlan)
    {
        var parent = await PortAsync(cloud, cloud.Network);
        var subport = await PortAsync(cloud, await cloud.AddNetworkAsync("other", "10.8.0.0/24", cloud.Demo));
        var body = $$$"""{"trunk": {"port_id": "{{{parent}}}", "sub_ports": [{{{Sub(subport, vlan)}}}]}}""";
        var trunk = (await cloud.PostAsync($"{Root}/trunks", body, cloud.Demo)).Must(201).Text("trunk", "id");
        return (parent, trunk, subport);
    }

    private static async Task<string> PortAsync(TestCloud cloud, string network)
    {
        var body = $$$"""{"port": {"network_id": "{{{network}}}"}}""";
        return (await cloud.PostAsync($"{Root}/ports", body, cloud.Demo)).Must(201).Text("port", "id");
    }

    private static async Task ChangeAsync(TestCloud cloud, string trunk, string verb, string subport)
    {
        var path = $"{Root}/trunks/{trunk}/{verb}_subports";
        (await cloud.PutAsync(path, $$"""{"sub_ports": [{{subport}}]}""", cloud.Demo)).Must(200);
    }

    private static string Sub(string port, int vlan) =>
        $$"""{"port_id": "{{port}}", "segmentation_type": "vlan", "segmentation_id": {{vlan}}}""";

    private static async Task<string> StatusAsync(TestCloud cloud, string trunk) =>
        (await cloud.GetAsync($"{Root}/trunks/{trunk}", cloud.Demo)).Must(200).Text("trunk", "status");
}
