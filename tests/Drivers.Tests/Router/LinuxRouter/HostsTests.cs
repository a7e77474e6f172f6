using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;
using Pipeline.Drivers.Tests.Network;
using Pipeline.Drivers.Tests.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Router.LinuxRouter;

/// <summary>
/// A host, 192.168.99.1 to its neighbour .2 and 203.0.113.1 to what is outside, which takes what is for any address of its own and
/// leads further; a network behind a router, and the one outside.
/// </summary>
public sealed class HostsTests : IAsyncLifetime
{
    private const string Api = "203.0.113.1";
    private const string Underlay = "192.168.99.1";
    private const string Neighbour = "192.168.99.2";
    private const string Floating = "203.0.113.21";
    private const int Volumes = 10809;
    private readonly Dictionary<PortId, string?> _devices = [];
    private readonly List<Socket> _listeners = [];
    private BridgeHost _host = null!;
    private Guest _this = null!;
    private HostNetwork _inside = null!;
    private HostNetwork _outside = null!;
    private Guest _routed = null!;
    private Guest _direct = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _this = new Guest(_host, _host.Space);
        _host.PhysicalNetworks["outside"] = "br-ex";
        await _host.IpAsync(
            _host.Space,
            "link add br-ex type bridge forward_delay 0",
            $"address add {Api}/24 dev br-ex",
            "link set br-ex up",
            "link add underlay type bridge forward_delay 0",
            $"address add {Underlay}/24 dev underlay",
            "link set underlay up"
        );
        await _host.TryAsync(_host.Space, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        var neighbour = await _host.AddMachineAsync("underlay", $"{Neighbour}/24");
        await _host.IpAsync(neighbour.Space, $"route add default via {Underlay}");
        _inside = Specs.Network(_host.Cloud);
        _outside = Outside(Specs.Network(_host.Cloud));
        await _host.EnsureAsync(_inside);
        await _host.EnsureAsync(_outside);
        await EnsureRouterAsync();
        _routed = await _host.AttachAsync(Specs.Port(_inside, 11).With(Specs.In()));
        await _host.IpAsync(_routed.Space, "route add default via 10.0.0.1");
        var port = Specs.Port(_outside, 12) with { Secured = false };
        _direct = await _host.AttachAsync(
            port with
            {
                Addresses = [new HostAddress(_outside.Subnets[0].Id, "203.0.113.12")],
            }
        );
        await _host.IpAsync(_direct.Space, $"route add default via {Api}");
        foreach (var at in (Guest[])[_this, neighbour])
            _listeners.AddRange([at.Listen(Volumes), at.Listen(80)]);
    }

    public ValueTask DisposeAsync()
    {
        _listeners.ForEach(listener => listener.Dispose());
        return _host?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Guests_reach_the_APIs_and_nothing_where_hosts_speak_among_themselves()
    {
        foreach (var guest in (Guest[])[_routed, _direct])
        foreach (var address in (string[])[Underlay, Neighbour])
            Assert.True(await guest.ConnectsAsync(address, Volumes)); // what there is to keep them from
        await CloseAsync();
        foreach (var guest in (Guest[])[_routed, _direct])
        {
            Assert.True(await guest.ConnectsAsync(Api, 80));
            foreach (var address in (string[])[Underlay, Neighbour])
            {
                Assert.True(await guest.CannotConnectAsync(address, Volumes));
                Assert.True(await guest.CannotPingAsync(address));
            }
        }
    }

    [Fact]
    public async Task APIs_that_are_there_are_reached_all_the_same()
    {
        _host.Apis.Add(new(IPAddress.Parse(Underlay), 80));
        await CloseAsync();
        Assert.True(await _routed.ConnectsAsync(Underlay, 80));
        Assert.True(await _routed.CannotConnectAsync(Underlay, Volumes));
        Assert.True(await _routed.CannotConnectAsync(Neighbour, 80));
    }

    [Fact]
    public async Task Hosts_reach_guests_by_their_floating_addresses()
    {
        await CloseAsync();
        using var listener = _routed.Listen(22);
        using var socket = _this.NewSocket();
        socket.Bind(new IPEndPoint(IPAddress.Parse(Underlay), 0));
        await socket.ConnectAsync(IPEndPoint.Parse($"{Floating}:22"), Ct);
        using var accepted = await listener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(accepted, socket));
    }

    [Fact]
    public async Task A_networks_bridge_leads_to_no_host()
    {
        await _host.IpAsync(_routed.Space, "route replace default via 10.0.0.2");
        foreach (var address in (string[])[Api, Underlay, Neighbour])
            Assert.True(await _routed.CannotConnectAsync(address, Volumes));
    }

    [Fact]
    public void Where_guests_are_in_the_hosts_network_the_hosts_own_address_is_closed_and_no_tag_leaves()
    {
        var options = new LinuxBridgeOptions("cloud", "unused") { HostAddresses = ["203.0.113.1/24", "fd00:9::1/64"] };
        Assert.Equal(
            [
                "ct direction original ip daddr { 203.0.113.1 } drop",
                "ct state untracked ip daddr { 203.0.113.1 } drop",
                "ct direction original ip6 daddr { fd00:9::/64 } drop",
                "ct state untracked ip6 daddr { fd00:9::/64 } drop",
            ],
            HostsRules.Of(_outside, options)
        );
        Assert.Contains(UplinkRules.Leaving(_outside), rule => rule.EndsWith("ether type { 0x8100, 0x88a8 } drop"));
    }

    private async Task CloseAsync()
    {
        _host.HostAddresses.Add($"{Underlay}/24");
        await _host.EnsureAsync(_outside);
    }

    private static HostNetwork Outside(HostNetwork network)
    {
        var subnet = network.Subnets[0] with { Cidr = "203.0.113.0/24", Gateway = Api, DhcpAddress = null };
        return network with { SegmentType = "flat", PhysicalNetwork = "outside", Mtu = 1500, Subnets = [subnet] };
    }

    private async Task EnsureRouterAsync()
    {
        var router = RouterSpecs.Router(_host.Cloud) with
        {
            Legs = [await LegAsync(_inside, "10.0.0.1", 1)],
            Gateway = new RouterGateway(await LegAsync(_outside, "203.0.113.10", 2), Api, Snat: true),
            FloatingIps = [new HostFloatingIp(Floating, "10.0.0.11")],
        };
        await _host.Router().EnsureRouterAsync(router, _devices, Ct);
    }

    private async Task<RouterLeg> LegAsync(HostNetwork network, string address, int number)
    {
        var port = RouterSpecs.Port(network, address, number);
        _devices[port.Id] = await _host.Driver().EnsurePortAsync(port, Ct);
        return RouterSpecs.LegOf(port);
    }
}
