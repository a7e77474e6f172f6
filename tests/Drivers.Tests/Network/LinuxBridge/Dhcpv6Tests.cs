using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Leases and options of IPv6 as guests see them, from a real server.</summary>
public sealed class Dhcpv6Tests : IAsyncLifetime
{
    private BridgeHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_stateful_subnet_leases_the_ports_address_and_tells_the_name_servers()
    {
        var network = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful);
        var subnet = network.Subnets[1] with { DnsServers = ["2001:db8::53", "2001:db8::54"] };
        network = network with { Subnets = [network.Subnets[0], subnet] };
        await _host.EnsureAsync(network);
        var port = Specs6.Port(network, 11, "fd00::b");
        var guest = await _host.AttachHastyAsync(port, addressed: false);
        using var client = Dhcpv6Client.In(guest.Space, port.Mac);
        var lease = await client.LeaseAsync();
        Assert.Equal("fd00::b", lease?.Address);
        Assert.Equal(["2001:db8::53", "2001:db8::54"], lease?.Dns ?? []);
        Assert.Equal("10.0.0.11", (await guest.LeaseAsync())["ip"]); // and beside it that of IPv4
        await _host.Driver().EnsurePortAsync(port with { Addresses = [new(subnet.Id, "fd00::c")] }, Ct);
        Assert.Equal("fd00::c", (await client.LeaseAsync())?.Address);
    }

    [Fact]
    public async Task A_stateless_subnet_tells_the_name_servers_alone()
    {
        var network = Specs6.Network(_host.Cloud, Ipv6Mode.Stateless);
        network = network with { Subnets = [network.Subnets[1] with { DnsServers = ["2001:db8::53"] }] };
        await _host.EnsureAsync(network);
        var port = Specs.Port(network, 11);
        port = port with { Addresses = [new(network.Subnets[0].Id, "fd00::f816:3eff:fe00:b")] };
        var guest = await _host.AttachHastyAsync(port, addressed: false);
        using var client = Dhcpv6Client.In(guest.Space, port.Mac);
        Assert.Equal(["2001:db8::53"], await client.InformAsync() ?? []);
    }

    [Theory]
    [InlineData(Ipv6Mode.Stateful)]
    [InlineData(Ipv6Mode.Stateless)]
    public async Task A_guest_is_told_its_ports_own_options(string mode)
    {
        var network = Specs6.Network(_host.Cloud, mode);
        await _host.EnsureAsync(network);
        var (told, other) = (Specs6.Port(network, 11, "fd00::b"), Specs6.Port(network, 12, "fd00::c"));
        told = told with { DhcpOptions = [new("dns-server", "2001:db8::99") { Version = 6 }] };
        var guest = await _host.AttachHastyAsync(told, addressed: false);
        using var client = Dhcpv6Client.In(guest.Space, told.Mac);
        Assert.Equal(["2001:db8::99"], await client.InformAsync() ?? []);
        var neighbour = await _host.AttachHastyAsync(other, addressed: false);
        using var unaware = Dhcpv6Client.In(neighbour.Space, other.Mac);
        Assert.Equal(["fd00::2"], await unaware.InformAsync() ?? []);
        await _host.Driver().EnsurePortAsync(told with { DhcpOptions = null }, Ct);
        Assert.Equal(["fd00::2"], await client.InformAsync() ?? []);
    }

    [Fact]
    public async Task Where_guests_find_all_by_themselves_nobody_answers_and_nothing_is_advertised()
    {
        var network = Specs6.Network(_host.Cloud, Ipv6Mode.Slaac);
        await _host.EnsureAsync(network);
        var port = Specs6.Port(network, 11);
        var guest = await _host.AttachHastyAsync(port, addressed: false);
        using var client = Dhcpv6Client.In(guest.Space, port.Mac);
        Assert.Null(await client.InformAsync());
        Assert.DoesNotContain("fd00", await AddressesAsync(guest));
    }

    [Fact]
    public async Task A_guest_that_is_not_known_is_not_answered()
    {
        var network = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful);
        await _host.EnsureAsync(network);
        var port = Specs6.Port(network, 11, "fd00::b") with { Secured = false };
        var guest = await _host.AttachHastyAsync(port, addressed: false);
        const string other = "fa:16:3e:99:99:99";
        await _host.IpAsync(guest.Space, $"link set eth0 address {other}");
        using var client = Dhcpv6Client.In(guest.Space, other);
        Assert.Null(await client.LeaseAsync());
    }

    [Fact]
    public async Task The_server_answers_names_over_IPv6_and_knows_addresses_of_it()
    {
        var network = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful);
        await _host.EnsureAsync(network, Specs6.Port(network, 12, "fd00::c"));
        var guest = await _host.AttachHastyAsync(Specs6.Port(network, 11, "fd00::b"));
        var answer = await _host.TryAsync(guest.Space, "busybox", "nslookup", "-type=aaaa", "host-12", "fd00::2");
        Assert.Contains("fd00::c", answer.Output);
    }

    [Fact]
    public async Task Each_host_of_a_network_serves_its_own_guests_alone()
    {
        var (first, second) = await BridgeHost.StartTwoAsync();
        await using var _ = first;
        await using var __ = second;
        var network = Specs6.Network(first.Cloud, Ipv6Mode.Stateful) with { SegmentType = "vxlan", SegmentId = 7 };
        await first.EnsureAsync(network with { Peers = [second.Underlay!] });
        await second.EnsureAsync(network with { Peers = [first.Underlay!] });
        var (near, far) = (Specs6.Port(network, 11, "fd00::b"), Specs6.Port(network, 12, "fd00::c"));
        var here = await first.AttachHastyAsync(near);
        await second.AttachHastyAsync(far.With(Specs6.In(Specs6.Icmp)));
        Assert.True(await here.PingsAsync("fd00::c"));
        Assert.True(await here.PingsAsync("fd00::2"));
        using var client = Dhcpv6Client.In(here.Space, near.Mac);
        Assert.Equal("fd00::b", (await client.LeaseAsync())?.Address);
        foreach (var server in first.DhcpServers(network.Id))
            server.Kill();
        await second.Driver().EnsurePortAsync(near with { Id = new(Guid.NewGuid()) }, Ct); // it would know the guest
        Assert.Null(await client.LeaseAsync());
    }

    private async Task<string> AddressesAsync(Guest guest) =>
        await _host.RunAsync(new Invocation("ip", ["-netns", guest.Space, "-6", "address", "show", "dev", "eth0"]));
}
