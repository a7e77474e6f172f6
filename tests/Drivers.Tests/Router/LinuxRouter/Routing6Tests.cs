using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Tests.Network;
using Pipeline.Drivers.Tests.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Router.LinuxRouter;

/// <summary>Two networks of tenants, one outside, and a router that leads between them by IPv6 and tells guests so.</summary>
public sealed class Routing6Tests : IAsyncLifetime
{
    private readonly Dictionary<PortId, string?> _devices = [];
    private BridgeHost _host = null!;
    private HostNetwork _red = null!;
    private HostNetwork _blue = null!;
    private HostRouter _router = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        (_red, _blue) = (Specs6.Network(_host.Cloud, Slaac), Specs6.Network(_host.Cloud, Stateful, "fd00:b"));
        foreach (var network in (HostNetwork[])[_red, _blue])
            await _host.EnsureAsync(network);
        _router = RouterSpecs.Router(_host.Cloud) with
        {
            Legs = [await LegAsync(_red, 1, Slaac), await LegAsync(_blue, 2, Stateful)],
        };
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Guests_make_their_addresses_of_what_is_advertised_and_reach_other_networks()
    {
        var (port, far) = (Specs6.Port(_red, 11), Specs6.Port(_blue, 12, "fd00:b::c").With(Specs6.In()));
        var red = await _host.AttachHastyAsync(port, addressed: false);
        var blue = await _host.AttachHastyAsync(far);
        await EnsureAsync(_router);
        await HasAsync(red, Specs6.Ipv6Of(port));
        await Eventually.IsTrueAsync(
            async () => (await RoutesAsync(blue)).Contains("default"),
            "a guest finds the router"
        );
        Assert.True(await red.PingsAsync("fd00:b::c"));
        Assert.Contains($"default via {LinkLocal.Of(_router.Legs[0].Mac)} dev eth0 proto ra", await RoutesAsync(red));
        // Where addresses are leased, the router is advertised and no address is made.
        Assert.Contains($"default via {LinkLocal.Of(_router.Legs[1].Mac)} dev eth0 proto ra", await RoutesAsync(blue));
        Assert.Equal(2, (await AddressesAsync(blue)).Count(address => address.Contains(':')));
        await EnsureAsync(_router with { AdminUp = false });
        Assert.True(await red.CannotPingAsync("fd00:b::c"));
        Assert.Empty(_host.Advertisers(_router.Id));
        await EnsureAsync(_router);
        Assert.True(await red.PingsAsync("fd00:b::c"));
    }

    [Fact]
    public async Task One_that_was_killed_comes_back_one_that_runs_is_told_what_is_new_and_none_outlives_its_router()
    {
        await EnsureAsync(_router);
        var first = await AdvertisersAsync(_router);
        await EnsureAsync(_router);
        Assert.Equal(Ids(first), Ids(_host.Advertisers(_router.Id)));
        first[0].Kill();
        await EnsureAsync(_router);
        var second = await AdvertisersAsync(_router);
        Assert.Empty(Ids(first).Intersect(Ids(second)));
        var red = await _host.AttachHastyAsync(Specs6.Port(_red, 11), addressed: false);
        var leg = _router.Legs[0] with { Advertisements = [new("fd00:c::/64", Slaac, [])] };
        await EnsureAsync(_router with { Legs = [leg, _router.Legs[1]] });
        await HasAsync(red, "fd00:c::f816:3eff:fe00:b");
        Assert.Equal(Ids(second), Ids(_host.Advertisers(_router.Id)));
        await _host.Router().RemoveRouterAsync(_router.Id, Ct);
        Assert.Empty(_host.Advertisers(_router.Id));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_host.Run, _host.Cloud), "router-*"));
    }

    [Fact]
    public async Task One_whose_pid_file_was_lost_is_replaced_and_not_doubled()
    {
        await EnsureAsync(_router);
        File.Delete(Path.Combine(_host.Run, _host.Cloud, $"router-{_router.Id}", "radvd.pid"));
        await EnsureAsync(_router);
        await AdvertisersAsync(_router);
        await EnsureAsync(_router with { Legs = [.. _router.Legs.Select(leg => leg with { Advertisements = null })] });
        Assert.Empty(_host.Advertisers(_router.Id));
    }

    [Fact]
    public async Task A_host_without_radvd_routes_all_the_same_and_says_so()
    {
        _host.Radvd = "/absent/radvd";
        var report = await _host.Router().ProbeAsync(Ct);
        Assert.True(report.Ready, report.Problem);
        Assert.StartsWith("none: ", report.Facts["linux-router.advertisements"]);
        var red = await AttachAsync(_red, Specs6.Port(_red, 11));
        await AttachAsync(_blue, Specs6.Port(_blue, 12, "fd00:b::c").With(Specs6.In()));
        await EnsureAsync(_router);
        Assert.True(await red.PingsAsync("fd00:b::c"));
        Assert.Empty(_host.Advertisers(_router.Id));
    }

    [Fact]
    public async Task Guests_leave_by_the_gateway_under_their_own_addresses_and_routes_lead_further()
    {
        var outside = await OutsideAsync();
        var world = await _host.AddMachineAsync("br-ex", "2001:db8::99/64");
        await _host.IpAsync(
            world.Space,
            "address add 2001:db8::1/64 dev eth0 nodad",
            "route add fd00::/64 via 2001:db8::10",
            "address add 2001:db8:7::7/128 dev lo",
            "address add 2001:db8:8::8/128 dev lo"
        );
        var open = _router with { Gateway = new RouterGateway(outside, null, Snat: true) { NextHop6 = "2001:db8::1" } };
        var port = Specs6.Port(_red, 11).With(Specs6.In(Specs.Tcp, 22, 22));
        var red = await AttachAsync(_red, port);
        await EnsureAsync(open);
        Assert.True(await red.PingsAsync("2001:db8:7::7"));
        using var listener = world.Listen(81);
        using var mine = await red.ConnectAsync("2001:db8:7::7", 81);
        using var theirs = await listener.AcceptAsync(Ct);
        Assert.Equal(Specs6.Ipv6Of(port), ((System.Net.IPEndPoint)theirs.RemoteEndPoint!).Address.ToString());
        using var ssh = red.Listen(22);
        Assert.True(await world.ConnectsAsync(Specs6.Ipv6Of(port), 22)); // a tenant's IPv6 is routed, its groups judge
        Assert.True(await world.CannotConnectAsync(Specs6.Ipv6Of(port), 23));
        var closed = open with { Gateway = open.Gateway with { NextHop6 = null } };
        await EnsureAsync(closed with { Routes = [new("2001:db8:7::/64", "2001:db8::1")] });
        Assert.True(await red.PingsAsync("2001:db8:7::7"));
        Assert.True(await red.CannotPingAsync("2001:db8:8::8"));
        await EnsureAsync(closed with { Routes = [new("::/0", "2001:db8::1")] });
        Assert.True(await red.PingsAsync("2001:db8:8::8"));
        await EnsureAsync(closed);
        Assert.True(await red.CannotPingAsync("2001:db8:7::7"));
    }

    [Fact]
    public async Task Two_tenants_with_equal_prefixes_are_kept_apart()
    {
        var theirs = Specs6.Network(_host.Cloud, Slaac);
        await _host.EnsureAsync(theirs);
        var other = RouterSpecs.Router(_host.Cloud) with { Legs = [await LegAsync(theirs, 1, Slaac)] };
        var (mine, yours) = (Specs6.Port(_red, 11), Specs6.Port(theirs, 12).With(Specs6.In()));
        var (red, green) = (await _host.AttachHastyAsync(mine), await _host.AttachHastyAsync(yours));
        var neighbour = await _host.AttachHastyAsync(Specs6.Port(theirs, 11));
        await EnsureAsync(_router);
        await EnsureAsync(other);
        foreach (var guest in (Guest[])[red, green, neighbour])
            Assert.True(await guest.PingsAsync("fd00::1"));
        Assert.True(await neighbour.PingsAsync(Specs6.Ipv6Of(yours)));
        Assert.True(await red.CannotPingAsync(Specs6.Ipv6Of(yours)));
        Assert.Empty(Ids(await AdvertisersAsync(_router)).Intersect(Ids(await AdvertisersAsync(other))));
    }

    [Fact]
    public async Task A_guest_of_another_host_hears_the_router_and_leaves_by_it()
    {
        var (first, second) = await BridgeHost.StartTwoAsync();
        await using var _ = first;
        await using var __ = second;
        var network = Specs6.Network(first.Cloud, Slaac) with { SegmentType = "vxlan", SegmentId = 7 };
        await first.EnsureAsync(network with { Peers = [second.Underlay!] });
        await second.EnsureAsync(network with { Peers = [first.Underlay!] });
        var leg = RouterSpecs.Port(network, "10.0.0.1", 1);
        var device = await first.Driver().EnsurePortAsync(leg, Ct);
        var router = RouterSpecs.Router(first.Cloud) with
        {
            Legs =
            [
                RouterSpecs.LegOf(leg) with
                {
                    Addresses = ["fd00::1/64"],
                    Advertisements = [new("fd00::/64", Slaac, [])],
                },
            ],
        };
        var port = Specs6.Port(network, 11);
        var guest = await second.AttachHastyAsync(port, addressed: false);
        await first.Router().EnsureRouterAsync(router, new Dictionary<PortId, string?> { [leg.Id] = device }, Ct);
        await HasAsync(guest, Specs6.Ipv6Of(port));
        Assert.True(await guest.PingsAsync("fd00::1"));
    }

    private const string Slaac = Ipv6Mode.Slaac;
    private const string Stateful = Ipv6Mode.Stateful;

    private Task EnsureAsync(HostRouter router) => _host.Router().EnsureRouterAsync(router, _devices, Ct);

    private async Task<RouterLeg> LegAsync(HostNetwork network, int number, string mode)
    {
        var subnet = network.Subnets[1];
        var leg = await PlugAsync(network, number, $"{subnet.Gateway}/64");
        return leg with { Advertisements = [new(subnet.Cidr, mode, ["2001:db8::53"])] };
    }

    private async Task<RouterLeg> PlugAsync(HostNetwork network, int number, string address)
    {
        var port = RouterSpecs.Port(network, "10.0.0.1", number);
        _devices[port.Id] = await _host.Driver().EnsurePortAsync(port, Ct);
        return RouterSpecs.LegOf(port) with { Addresses = [address] };
    }

    private async Task<RouterLeg> OutsideAsync()
    {
        _host.PhysicalNetworks["outside"] = "br-ex";
        await _host.IpAsync(_host.Space, "link add br-ex type bridge forward_delay 0", "link set br-ex up");
        var outside = Specs.Network(_host.Cloud) with { SegmentType = "flat", PhysicalNetwork = "outside", Mtu = 1500 };
        await _host.EnsureAsync(outside);
        return await PlugAsync(outside, 3, "2001:db8::10/64");
    }

    private async Task<Guest> AttachAsync(HostNetwork network, HostPort port)
    {
        var guest = await _host.AttachHastyAsync(port);
        await _host.IpAsync(guest.Space, $"route add default via {network.Subnets[1].Gateway}");
        return guest;
    }

    /// <summary>One, and its helper, which it starts a little later.</summary>
    private async Task<IReadOnlyList<System.Diagnostics.Process>> AdvertisersAsync(HostRouter router)
    {
        await Eventually.IsTrueAsync(
            () => Task.FromResult(_host.Advertisers(router.Id).Count == 2),
            "a router advertises"
        );
        return _host.Advertisers(router.Id);
    }

    private Task HasAsync(Guest guest, string address) =>
        Eventually.IsTrueAsync(
            async () => (await AddressesAsync(guest)).Contains($"{address}/64"),
            $"a guest makes itself {address}"
        );

    private async Task<string[]> AddressesAsync(Guest guest) =>
        (await ShowAsync(guest, "-brief", "address", "show", "dev", "eth0")).Split(' ', StringSplitOptions.TrimEntries);

    private Task<string> RoutesAsync(Guest guest) => ShowAsync(guest, "-6", "route", "show");

    private Task<string> ShowAsync(Guest guest, params string[] what) =>
        _host.RunAsync(new Invocation("ip", ["-netns", guest.Space, .. what]));

    private static IEnumerable<int> Ids(IEnumerable<System.Diagnostics.Process> processes) =>
        processes.Select(process => process.Id);
}
