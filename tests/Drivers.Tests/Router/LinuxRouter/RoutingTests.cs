using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Tests.Network;
using Pipeline.Drivers.Tests.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Router.LinuxRouter;

/// <summary>Two networks of tenants, one outside, and what a router lets through between them.</summary>
public sealed class RoutingTests : IAsyncLifetime
{
    private const string Floating = "203.0.113.21";
    private readonly Dictionary<PortId, string?> _devices = [];
    private BridgeHost _host = null!;
    private HostNetwork _red = null!;
    private HostNetwork _blue = null!;
    private HostRouter _router = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _host.PhysicalNetworks["outside"] = "br-ex";
        await _host.IpAsync(_host.Space, "link add br-ex type bridge forward_delay 0", "link set br-ex up");
        _red = Specs.Network(_host.Cloud);
        _blue = Renumbered(Specs.Network(_host.Cloud), "10.0.1");
        var outside = Renumbered(Specs.Network(_host.Cloud), "203.0.113") with
        {
            SegmentType = "flat",
            PhysicalNetwork = "outside",
            Mtu = 1500,
        };
        outside = outside with { Subnets = [outside.Subnets[0] with { DhcpAddress = null }] };
        foreach (var network in (HostNetwork[])[_red, _blue, outside])
            await _host.EnsureAsync(network);
        _router = RouterSpecs.Router(_host.Cloud) with
        {
            Legs = [await LegAsync(_red, "10.0.0.1", 1), await LegAsync(_blue, "10.0.1.1", 2)],
            Gateway = new RouterGateway(await LegAsync(outside, "203.0.113.10", 3), "203.0.113.1", Snat: true),
        };
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Networks_of_one_host_meet_through_the_router_alone()
    {
        var red = await AttachAsync(_red, "10.0.0", 11);
        await AttachAsync(_blue, "10.0.1", 12, Specs.In());
        Assert.True(await red.CannotPingAsync("10.0.1.12"));
        await EnsureAsync(_router);
        Assert.True(await red.PingsAsync("10.0.1.12"));
        await EnsureAsync(_router with { AdminUp = false });
        Assert.True(await red.CannotPingAsync("10.0.1.12"));
        await EnsureAsync(_router);
        Assert.True(await red.PingsAsync("10.0.1.12"));
    }

    [Fact]
    public async Task What_leaves_takes_the_gateways_address_or_its_own_floating_one()
    {
        var world = await _host.AddMachineAsync("br-ex", "203.0.113.1/24");
        var red = await AttachAsync(_red, "10.0.0", 11, Specs.In(Specs.Tcp, 22, 22));
        await EnsureAsync(_router);
        Assert.Equal("203.0.113.10", await SeenAsAsync(red, world, 81));
        await EnsureAsync(_router with { FloatingIps = [new HostFloatingIp(Floating, "10.0.0.11")] });
        Assert.Equal(Floating, await SeenAsAsync(red, world, 82));
        using var listener = red.Listen(22);
        Assert.True(await world.ConnectsAsync(Floating, 22));
        Assert.True(await world.CannotConnectAsync(Floating, 23)); // the group judges, whatever the address
        await EnsureAsync(_router);
        Assert.True(await world.CannotConnectAsync(Floating, 22));
    }

    [Fact]
    public async Task A_guest_reaches_its_neighbour_by_the_floating_address()
    {
        var red = await AttachAsync(_red, "10.0.0", 11);
        var neighbour = await AttachAsync(_red, "10.0.0", 12, Specs.In(Specs.Tcp, 22, 22));
        await EnsureAsync(_router with { FloatingIps = [new HostFloatingIp(Floating, "10.0.0.12")] });
        using var listener = neighbour.Listen(22);
        Assert.True(await red.ConnectsAsync(Floating, 22));
    }

    [Fact]
    public async Task Forwarded_ports_lead_to_several_guests_by_one_address_over_tcp_and_udp()
    {
        var world = await _host.AddMachineAsync("br-ex", "203.0.113.1/24");
        var red = await AttachAsync(_red, "10.0.0", 11, Specs.In(Specs.Tcp, 22, 22), Specs.In(Specs.Udp, 53, 53));
        var blue = await AttachAsync(_blue, "10.0.1", 12, Specs.In(Specs.Tcp, 22, 22));
        await EnsureAsync(
            _router with
            {
                Forwardings =
                [
                    new(Floating, "tcp", 2201, "10.0.0.11", 22),
                    new(Floating, "tcp", 2202, "10.0.1.12", 22),
                    new(Floating, "udp", 2201, "10.0.0.11", 53),
                ],
            }
        );
        using var first = red.Listen(22);
        using var second = blue.Listen(22);
        foreach (var (port, listener) in new[] { (2201, first), (2202, second) })
        {
            using var mine = await world.ConnectAsync(Floating, port);
            using var theirs = await listener.AcceptAsync(Ct);
            Assert.True(await Guest.IsOpenAsync(mine, theirs));
            Assert.True(await Guest.IsOpenAsync(theirs, mine));
        }
        using var names = red.Listen(53, System.Net.Sockets.ProtocolType.Udp);
        using var sender = world.NewSocket(System.Net.Sockets.ProtocolType.Udp);
        await sender.ConnectAsync(System.Net.IPEndPoint.Parse($"{Floating}:2201"), Ct);
        Assert.True(await Guest.IsOpenAsync(sender, names));
        foreach (var closed in (int[])[22, 2203])
            await RefusedAsync(world, closed);
        Assert.Equal("203.0.113.10", await SeenAsAsync(red, world, 81)); // what leaves by itself shares the gateway's
    }

    [Fact]
    public async Task A_forwarding_that_goes_cuts_what_it_let_in_and_leaves_the_others()
    {
        var world = await _host.AddMachineAsync("br-ex", "203.0.113.1/24");
        var red = await AttachAsync(_red, "10.0.0", 11, Specs.In(Specs.Tcp, 22, 23), Specs.In(Specs.Udp, 53, 53));
        var kept = new HostForwarding(Floating, "tcp", 2201, "10.0.0.11", 22);
        var gone = kept with { Port = 2202, FixedPort = 23 };
        var asked = new HostForwarding(Floating, "udp", 2202, "10.0.0.11", 53);
        await EnsureAsync(_router with { Forwardings = [kept, gone, asked] });
        using var keeper = red.Listen(22);
        using var goer = red.Listen(23);
        using var names = red.Listen(53, System.Net.Sockets.ProtocolType.Udp);
        using var staying = await world.ConnectAsync(Floating, 2201);
        using var stayed = await keeper.AcceptAsync(Ct);
        using var going = await world.ConnectAsync(Floating, 2202);
        using var went = await goer.AcceptAsync(Ct);
        using var sender = world.NewSocket(System.Net.Sockets.ProtocolType.Udp);
        await sender.ConnectAsync(System.Net.IPEndPoint.Parse($"{Floating}:2202"), Ct);
        Assert.True(await Guest.IsOpenAsync(going, went));
        Assert.True(await Guest.IsOpenAsync(sender, names));
        await EnsureAsync(_router with { Forwardings = [kept] });
        Assert.True(await Guest.IsOpenAsync(staying, stayed));
        Assert.True(await Guest.IsCutAsync(going, went));
        Assert.True(await Guest.IsCutAsync(sender, names));
        await RefusedAsync(world, 2202);
    }

    [Fact]
    public async Task A_connection_by_a_floating_address_ends_when_that_stands_for_another_guest()
    {
        var world = await _host.AddMachineAsync("br-ex", "203.0.113.1/24");
        var red = await AttachAsync(_red, "10.0.0", 11, Specs.In(Specs.Tcp, 22, 22));
        await EnsureAsync(_router with { FloatingIps = [new HostFloatingIp(Floating, "10.0.0.11")] });
        using var listener = red.Listen(22);
        using var mine = await world.ConnectAsync(Floating, 22);
        using var theirs = await listener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(mine, theirs));
        await EnsureAsync(_router with { FloatingIps = [new HostFloatingIp(Floating, "10.0.0.12")] });
        Assert.True(await Guest.IsCutAsync(mine, theirs));
    }

    [Fact]
    public async Task A_guest_reaches_its_neighbour_by_a_forwarded_port()
    {
        var red = await AttachAsync(_red, "10.0.0", 11);
        var neighbour = await AttachAsync(_red, "10.0.0", 12, Specs.In(Specs.Tcp, 22, 22));
        await EnsureAsync(_router with { Forwardings = [new(Floating, "tcp", 2201, "10.0.0.12", 22)] });
        using var listener = neighbour.Listen(22);
        Assert.True(await red.ConnectsAsync(Floating, 2201));
    }

    [Fact]
    public async Task Without_translation_guests_leave_as_they_are_and_routes_lead_further()
    {
        var world = await _host.AddMachineAsync("br-ex", "203.0.113.1/24");
        await _host.IpAsync(
            world.Space,
            "route add 10.0.0.0/24 via 203.0.113.10",
            "address add 198.51.100.7/32 dev lo"
        );
        var red = await AttachAsync(_red, "10.0.0", 11);
        var open = _router with
        {
            Gateway = _router.Gateway! with { Snat = false, NextHop = null },
            Routes = [new HostRoute("198.51.100.0/24", "203.0.113.1")],
        };
        await EnsureAsync(open);
        Assert.Equal("10.0.0.11", await SeenAsAsync(red, world, 81));
        Assert.True(await red.PingsAsync("198.51.100.7"));
        await EnsureAsync(open with { Routes = [] });
        Assert.True(await red.CannotPingAsync("198.51.100.7"));
    }

    [Fact]
    public async Task A_leg_whose_devices_were_lost_comes_back()
    {
        var red = await AttachAsync(_red, "10.0.0", 11);
        await AttachAsync(_blue, "10.0.1", 12, Specs.In());
        await EnsureAsync(_router);
        await _host.Router().RemoveRouterAsync(_router.Id, Ct);
        await EnsureAsync(_router);
        Assert.True(await red.PingsAsync("10.0.1.12"));
    }

    private readonly List<HostPort> _ports = [];

    private async Task<RouterLeg> LegAsync(HostNetwork network, string address, int number)
    {
        var port = RouterSpecs.Port(network, address, number);
        _ports.Add(port);
        _devices[port.Id] = await _host.Driver().EnsurePortAsync(port, Ct);
        return RouterSpecs.LegOf(port);
    }

    /// <summary>As the agent does: ports first, then the router.</summary>
    private async Task EnsureAsync(HostRouter router)
    {
        foreach (var port in _ports)
            await _host.Driver().EnsurePortAsync(port, Ct);
        await _host.Router().EnsureRouterAsync(router, _devices, Ct);
    }

    private async Task<Guest> AttachAsync(HostNetwork network, string prefix, int number, params PortRule[] rules)
    {
        var port = Specs.Port(network, number).With(rules) with
        {
            Addresses = [new HostAddress(network.Subnets[0].Id, $"{prefix}.{number}")],
        };
        var guest = await _host.AttachAsync(port);
        await _host.IpAsync(guest.Space, $"route add default via {prefix}.1");
        return guest;
    }

    /// <summary>The address under which a connection of the guest's comes to the world.</summary>
    private static async Task<string> SeenAsAsync(Guest guest, Guest world, int port)
    {
        using var listener = world.Listen(port);
        using var mine = await guest.ConnectAsync("203.0.113.1", port);
        using var theirs = await listener.AcceptAsync(Ct);
        return ((System.Net.IPEndPoint)theirs.RemoteEndPoint!).Address.MapToIPv4().ToString();
    }

    /// <summary>The address is the router's own, so it says so itself where no port of it leads on.</summary>
    private static Task RefusedAsync(Guest world, int port) =>
        Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => world.ConnectsAsync(Floating, port));

    private static HostNetwork Renumbered(HostNetwork network, string prefix) =>
        network with
        {
            Subnets =
            [
                network.Subnets[0] with
                {
                    Cidr = $"{prefix}.0/24",
                    Gateway = $"{prefix}.1",
                    DhcpAddress = $"{prefix}.2",
                },
            ],
        };
}
