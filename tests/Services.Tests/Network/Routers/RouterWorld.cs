using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;

namespace Pipeline.Services.Tests.Network.Routers;

/// <summary>Routers in a cloud with an external network and network nodes.</summary>
internal static class RouterWorld
{
    public static readonly HostId Node = Ids.Host(9);

    /// <summary>An external network, 203.0.113.0/24, and a network node that is up.</summary>
    public static async Task<string> OutsideAsync(this NetworkWorld world)
    {
        await world.NodeAsync(Node, "192.0.2.9");
        var body = """{"network":{"name":"outside","router:external":true}}""";
        var network = (await world.PostAsync("/networks", body, "admin")).Id("network");
        var subnet = NetworkWorld.SubnetBody(network, "203.0.113.0/24", "\"enable_dhcp\":false");
        Assert.Equal(201, (await world.PostAsync("/subnets", subnet, "admin")).Status);
        return network;
    }

    public static Task NodeAsync(
        this NetworkWorld world,
        HostId host,
        string underlay,
        string roles = "network",
        string? zone = null
    )
    {
        world.Hosts.Up.Add(host);
        var facts = new Dictionary<string, string>
        {
            [HostFactNames.Underlay] = underlay,
            [HostFactNames.Roles] = roles,
        };
        if (zone is not null)
            facts[HostFactNames.Zone] = zone;
        var report = new HostReport(host, "node", new(8, 8192, 100, "qemu", facts));
        return world.Db.WriteAsync(tx => world.Get<IHostReports>().HeardAsync(tx, report));
    }

    public static async Task<string> RouterAsync(this NetworkWorld world, string? outside = null)
    {
        var gateway = outside is null ? "" : $$$"""{"network_id":"{{{outside}}}"}""";
        var body = NetworkWorld.Item(
            "router",
            "\"name\":\"r\"",
            gateway.Length == 0 ? "" : $"\"external_gateway_info\":{gateway}"
        );
        return (await world.PostAsync("/routers", body)).Id("router");
    }

    public static Task<Seen> JoinAsync(this NetworkWorld world, string router, string subnet) =>
        world.PutAsync($"/routers/{router}/add_router_interface", $$"""{"subnet_id":"{{subnet}}"}""");

    public static Task<Seen> LeaveAsync(this NetworkWorld world, string router, string subnet) =>
        world.PutAsync($"/routers/{router}/remove_router_interface", $$"""{"subnet_id":"{{subnet}}"}""");

    /// <summary>A network with a subnet; the subnet's id, and the network's.</summary>
    public static async Task<(string Subnet, string Network)> SubnetAsync(this NetworkWorld world, string cidr)
    {
        var network = await world.NetworkAsync();
        return (await world.SubnetAsync(network, cidr), network);
    }

    public static Task<Seen> FloatAsync(
        this NetworkWorld world,
        string outside,
        string attributes = "",
        string token = "member"
    ) =>
        world.PostAsync(
            "/floatingips",
            NetworkWorld.Item("floatingip", NetworkWorld.Pair("floating_network_id", outside), attributes),
            token
        );

    /// <param name="number">The port of the floating address.</param>
    /// <param name="more">Further attributes; what they name, they name instead.</param>
    public static Task<Seen> ForwardAsync(
        this NetworkWorld world,
        string floating,
        string port,
        int number,
        int inner = 22,
        string protocol = "tcp",
        string address = "10.0.0.11",
        string more = "",
        string token = "member"
    ) =>
        world.PostAsync(
            $"/floatingips/{floating}/port_forwardings",
            NetworkWorld.Item(
                "port_forwarding",
                Forwarding(port, number, inner, protocol, address)
                    .Where(a => !more.StartsWith(a[..a.IndexOf(':')], StringComparison.Ordinal))
                    .Append(more)
            ),
            token
        );

    public static IReadOnlyList<string> Forwarding(
        string port,
        int number,
        int inner,
        string protocol = "tcp",
        string address = "10.0.0.11"
    ) =>
        [
            NetworkWorld.Pair("internal_port_id", port),
            $"\"external_port\":{number}",
            $"\"internal_port\":{inner}",
            NetworkWorld.Pair("protocol", protocol),
            NetworkWorld.Pair("internal_ip_address", address),
        ];

    /// <summary>A router between an external network and a port that has 10.0.0.11.</summary>
    public static async Task<(string Outside, string Router, string Port)> RoutedAsync(this NetworkWorld world)
    {
        var outside = await world.OutsideAsync();
        var router = await world.RouterAsync(outside);
        var (subnet, network) = await world.SubnetAsync("10.0.0.0/24");
        Assert.Equal(200, (await world.JoinAsync(router, subnet)).Status);
        var port = await world.PortAsync(network, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.11\"}]");
        await world.ToldAsync();
        return (outside, router, port);
    }

    /// <summary>The orders about routers that have come, answered; until nothing comes any more.</summary>
    public static async Task<IReadOnlyList<EnsureRouter>> ToldAsync(this NetworkWorld world)
    {
        var told = new List<EnsureRouter>();
        await world.SettleAsync();
        for (var i = 0; i < 10; i++)
        {
            told.AddRange(await world.Hosts.ArrivedAsync<EnsureRouter>());
            if (await world.Hosts.AnswerAsync() == 0)
                break;
            await world.SettleAsync();
        }
        return told;
    }
}
