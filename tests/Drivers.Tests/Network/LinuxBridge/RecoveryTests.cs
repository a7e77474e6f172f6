using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;
using Pipeline.Drivers.Tests.Router;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>
/// A host loses all or some of what it was told to have, as by a reboot or a kill, and has it again: by its own record, and
/// routers by the order that a host gets when its agent begins.
/// </summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly Dictionary<PortId, string?> _devices = [];
    private BridgeHost _host = null!;
    private HostNetwork _red = null!;
    private HostNetwork _blue = null!;
    private HostRouter _router = null!;
    private IReadOnlyList<HostPort> _legs = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _red = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful);
        _blue = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful, "fd00:b");
        _legs = [RouterSpecs.Port(_red, "10.0.0.1", 1), RouterSpecs.Port(_blue, "10.0.1.1", 2)];
        _router = RouterSpecs.Router(_host.Cloud) with { Legs = [LegOf(_legs[0], _red), LegOf(_legs[1], _blue)] };
        await _host.EnsureAsync(_red);
        await _host.EnsureAsync(_blue);
        await OrderRouterAsync();
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task After_a_reboot_networks_ports_filters_leases_names_and_routers_are_back()
    {
        var (one, open, closed) = (Port(_red, 11), Port(_blue, 12).With(Specs6.In(Specs6.Icmp)), Port(_blue, 13));
        await _host.EnsureAsync(_red, one);
        await _host.EnsureAsync(_blue, open, closed);
        await TellAsync("db", "10.0.0.99");
        var before = await _host.Driver().ListAsync(Ct);

        await _host.RebootAsync([_red.Id, _blue.Id], _router.Id);
        await _host.Driver().KeepAsync(Ct);
        await OrderRouterAsync();

        Assert.Equivalent(before, await _host.Driver().ListAsync(Ct), strict: true);
        var guest = await AttachAsync(_red, one);
        await AttachAsync(_blue, open);
        await AttachAsync(_blue, closed);
        Assert.True(await guest.PingsAsync("fd00:b::c"));
        Assert.True(await guest.CannotPingAsync("fd00:b::d"));
        Assert.Equal("10.0.0.11", (await guest.LeaseAsync())["ip"]);
        Assert.Contains("10.0.0.99", await LookUpAsync(guest, "db"));
        await AdvertisesAsync();
    }

    [Fact]
    public async Task Looking_again_touches_nothing_that_is_right()
    {
        var (one, two) = (Port(_red, 11), Port(_blue, 12).With(Specs6.In(Specs6.Icmp)));
        var guest = await AttachAsync(_red, one);
        await AttachAsync(_blue, two);
        Assert.True(await guest.PingsAsync("fd00:b::c"));
        await AdvertisesAsync();
        var before = await StateAsync();
        string[] pings = ["ping", "-c", "100", "-i", "0.02", "-q", "fd00:b::c"];
        var pinging = _host.TryAsync(guest.Space, "busybox", pings);
        do
        {
            await _host.Driver().KeepAsync(Ct);
            await _host.Router().KeepAsync(Ct);
            await OrderRouterAsync(); // what a host is sent when its agent begins
        } while (!pinging.IsCompleted);
        Assert.Contains(" 100 packets received", (await pinging).Output);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_dnsmasq_that_died_is_back_with_leases_and_names()
    {
        var guest = await AttachAsync(_red, Port(_red, 11));
        await TellAsync("db", "10.0.0.99");
        var (red, blue) = (Assert.Single(_host.DhcpServers(_red.Id)), Assert.Single(_host.DhcpServers(_blue.Id)));
        red.Kill();
        await Eventually.IsTrueAsync(() => Task.FromResult(_host.DhcpServers(_red.Id).Count == 0), "it has died");
        await _host.Driver().KeepAsync(Ct);
        Assert.NotEqual(red.Id, Assert.Single(_host.DhcpServers(_red.Id)).Id);
        Assert.Equal(blue.Id, Assert.Single(_host.DhcpServers(_blue.Id)).Id);
        Assert.Contains("10.0.0.99", await LookUpAsync(guest, "db"));
        Assert.Equal("10.0.0.11", (await guest.LeaseAsync())["ip"]);
    }

    [Fact]
    public async Task A_radvd_that_died_is_back_and_none_comes_for_a_router_that_went()
    {
        await AdvertisesAsync();
        var first = _host.Advertisers(_router.Id)[0];
        foreach (var process in _host.Advertisers(_router.Id))
            process.Kill();
        await Eventually.IsTrueAsync(() => Task.FromResult(_host.Advertisers(_router.Id).Count == 0), "it has died");
        await _host.Router().KeepAsync(Ct);
        await AdvertisesAsync();
        Assert.DoesNotContain(first.Id, _host.Advertisers(_router.Id).Select(process => process.Id));
        await _host.Router().RemoveRouterAsync(_router.Id, Ct);
        await _host.Router().KeepAsync(Ct);
        Assert.Empty(_host.Advertisers(_router.Id));
    }

    [Fact]
    public async Task A_device_that_went_is_back_and_its_neighbours_are_as_they_were()
    {
        var (lost, kept) = (Port(_red, 11), Port(_red, 12));
        var driver = _host.Driver(device: PortDevice.Tap);
        foreach (var port in (HostPort[])[lost, kept])
            await driver.EnsurePortAsync(port, Ct);
        var before = await IndexAsync(kept);
        await _host.IpAsync(_host.Space, $"link del {Names.Guest(lost.Id)}", $"link del {Names.Leg(lost.Id)}");
        await driver.KeepAsync(Ct);
        Assert.NotEqual("", await IndexAsync(lost));
        Assert.Equal(before, await IndexAsync(kept));
    }

    [Fact]
    public async Task A_tap_that_a_guest_holds_is_joined_to_the_network_that_was_made_again()
    {
        var port = Port(_red, 11);
        var driver = _host.Driver(device: PortDevice.Tap);
        await driver.EnsurePortAsync(port, Ct);
        var before = await IndexAsync(port);
        var server = Assert.Single(_host.DhcpServers(_red.Id)).Id; // it would go on where nobody is any more
        await _host.RunAsync(new Invocation("ip", ["netns", "delete", _host.Spaces.NameOf(_red.Id)]));
        await driver.KeepAsync(Ct);
        Assert.NotEqual(server, Assert.Single(_host.DhcpServers(_red.Id)).Id);
        Assert.Equal(before, await IndexAsync(port));
        var inside = await new Links(_host.Command, _host.Space).ListAsync(_host.Spaces.NameOf(_red.Id), Ct);
        Assert.Contains(inside, link => link.Name == Names.Port(port.Id));
    }

    [Fact]
    public async Task A_filter_that_somebody_took_away_is_back()
    {
        var driver = _host.Driver();
        var closed = Port(_red, 12);
        var (guest, _) = (await AttachAsync(_red, Port(_red, 11)), await AttachAsync(_red, closed));
        await driver.EnsurePortAsync(closed, Ct);
        await _host.TryAsync(_host.Spaces.NameOf(_red.Id), "nft", "flush", "ruleset");
        Assert.True(await guest.PingsAsync("10.0.0.12"));
        await driver.KeepAsync(Ct);
        Assert.True(await guest.CannotPingAsync("10.0.0.12"));
    }

    [Fact]
    public async Task What_was_removed_does_not_come_back()
    {
        var port = Port(_red, 11);
        await _host.EnsureAsync(_red, port);
        await _host.Driver().RemovePortAsync(port.Id, Ct);
        await _host.Driver().RemoveNetworkAsync(_blue.Id, Ct);
        await _host.RebootAsync([_red.Id], _router.Id);
        await _host.Driver().KeepAsync(Ct);
        Assert.Empty(_host.DhcpServers(_blue.Id));
        Assert.False(_host.Spaces.Exists(_blue.Id));
        Assert.Equal("", await IndexAsync(port));
    }

    /// <summary>As the agent carries out a router's order.</summary>
    private async Task OrderRouterAsync()
    {
        foreach (var network in (HostNetwork[])[_red, _blue])
            await _host.Driver().EnsureNetworkAsync(network, Ct);
        foreach (var leg in _legs)
            _devices[leg.Id] = await _host.Driver().EnsurePortAsync(leg, Ct);
        await _host.Router().EnsureRouterAsync(_router, _devices, Ct);
    }

    private static RouterLeg LegOf(HostPort port, HostNetwork network) =>
        RouterSpecs.LegOf(port) with
        {
            Addresses = [$"{network.Subnets[1].Gateway}/64"],
            Advertisements = [new(network.Subnets[1].Cidr, Ipv6Mode.Stateful, [])],
        };

    private static HostPort Port(HostNetwork network, int number) =>
        Specs6.Port(network, number, $"{network.Subnets[1].Cidr[..^3]}{number:x}");

    private Task TellAsync(string name, string address) =>
        _host.Driver().EnsureNamesAsync(new(_red.Id, All: true, [new(new(Guid.NewGuid()), name, [address])]), Ct);

    private async Task<Guest> AttachAsync(HostNetwork network, HostPort port)
    {
        var guest = await _host.AttachHastyAsync(port);
        await _host.IpAsync(guest.Space, $"route replace default via {network.Subnets[1].Gateway}");
        return guest;
    }

    private async Task<string> LookUpAsync(Guest guest, string name) =>
        (await _host.TryAsync(guest.Space, "busybox", "nslookup", "-type=a", name, "10.0.0.2")).Output;

    private Task AdvertisesAsync() =>
        Eventually.IsTrueAsync(() => Task.FromResult(_host.Advertisers(_router.Id).Count == 2), "a router advertises");

    /// <summary>Its number among the machine's devices; empty for one that is not there.</summary>
    private async Task<string> IndexAsync(HostPort port)
    {
        var links = await _host.RunAsync(new Invocation("ip", ["-netns", _host.Space, "-oneline", "link", "show"]));
        var line = links
            .Split('\n')
            .FirstOrDefault(l => l.Contains($" {Names.Guest(port.Id)}:", StringComparison.Ordinal));
        return line?.Split(':')[0] ?? "";
    }

    /// <summary>The numbers of all devices, and of the processes that serve.</summary>
    private async Task<string> StateAsync()
    {
        string[] spaces =
        [
            _host.Space,
            _host.Spaces.NameOf(_red.Id),
            _host.Spaces.NameOf(_blue.Id),
            $"pl-router-{_router.Id}",
        ];
        var state = new List<string>();
        foreach (var space in spaces)
        {
            var links = await _host.RunAsync(new Invocation("ip", ["-netns", space, "-oneline", "link", "show"]));
            state.AddRange(links.Split('\n').Select(line => $"{space} {string.Join(':', line.Split(':').Take(2))}"));
        }
        var servers = _host.DhcpServers(_red.Id).Concat(_host.DhcpServers(_blue.Id));
        state.AddRange(servers.Concat(_host.Advertisers(_router.Id)).Select(process => $"{process.Id}"));
        return string.Join('\n', state);
    }
}
