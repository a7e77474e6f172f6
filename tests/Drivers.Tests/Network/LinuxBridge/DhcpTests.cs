using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Leases and names as guests see them, by a real client from a real server.</summary>
public sealed class DhcpTests : IAsyncLifetime
{
    private BridgeHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_networks_own_domain_reaches_its_guests_and_follows_its_changes()
    {
        var network = Specs.Network(_host.Cloud) with { Domain = "lab.example" };
        await _host.EnsureAsync(network);
        var guest = await _host.AttachAsync(Specs.Port(network, 11), addressed: false);
        Assert.Equal("lab.example", (await guest.LeaseAsync())["domain"]);
        await _host.EnsureAsync(network with { Domain = "moved.example" });
        Assert.Equal("moved.example", (await guest.LeaseAsync())["domain"]);
        await _host.EnsureAsync(network with { Domain = null });
        Assert.Equal("openstacklocal", (await guest.LeaseAsync())["domain"]);
    }

    [Fact]
    public async Task A_lease_tells_all_that_the_subnet_says()
    {
        var network = Specs.Network(_host.Cloud);
        var subnet = network.Subnets[0] with
        {
            DnsServers = ["192.0.2.53", "192.0.2.54"],
            Routes = [new HostRoute("198.51.100.0/24", "10.0.0.9")],
        };
        network = network with { Subnets = [subnet] };
        await _host.EnsureAsync(network);
        var guest = await _host.AttachAsync(Specs.Port(network, 11), addressed: false);
        var lease = await guest.LeaseAsync();
        Assert.Equal("10.0.0.11", lease["ip"]);
        Assert.Equal("24", lease["mask"]);
        Assert.Equal("10.0.0.1", lease["router"]);
        Assert.Equal("192.0.2.53 192.0.2.54", lease["dns"]);
        Assert.Equal("1450", lease["mtu"]);
        Assert.Equal("host-11", lease["hostname"]);
        Assert.Equal("openstacklocal", lease["domain"]);
        Assert.Equal("169.254.169.254/32 10.0.0.2 198.51.100.0/24 10.0.0.9 0.0.0.0/0 10.0.0.1", lease["staticroutes"]);
    }

    [Fact]
    public async Task A_guest_is_told_its_ports_own_options_from_the_moment_they_are_set()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var port = Specs.Port(network, 11) with { DhcpOptions = [new("domain-name", "guest.example")] };
        var guest = await _host.AttachAsync(port, addressed: false);
        Assert.Equal("guest.example", (await guest.LeaseAsync())["domain"]);
        var other = await _host.AttachAsync(Specs.Port(network, 12), addressed: false);
        Assert.Equal("openstacklocal", (await other.LeaseAsync())["domain"]);
        await _host.Driver().EnsurePortAsync(port with { DhcpOptions = [new("domain-name", "moved.example")] }, Ct);
        Assert.Equal("moved.example", (await guest.LeaseAsync())["domain"]);
    }

    [Fact]
    public async Task A_subnet_without_a_gateway_leases_no_default_route()
    {
        var network = Specs.Network(_host.Cloud);
        network = network with { Subnets = [network.Subnets[0] with { Gateway = null }] };
        await _host.EnsureAsync(network);
        var guest = await _host.AttachAsync(Specs.Port(network, 11), addressed: false);
        var lease = await guest.LeaseAsync();
        Assert.DoesNotContain("router", lease.Keys);
        Assert.Equal("169.254.169.254/32 10.0.0.2", lease["staticroutes"]);
        Assert.Equal("10.0.0.2", lease["dns"]);
    }

    [Fact]
    public async Task A_port_with_security_off_gets_its_lease_too()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var guest = await _host.AttachAsync(Specs.Port(network, 11) with { Secured = false }, addressed: false);
        Assert.Equal("10.0.0.11", (await guest.LeaseAsync())["ip"]);
    }

    [Fact]
    public async Task A_guest_that_is_not_known_is_not_answered()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var port = Specs.Port(network, 11) with { Secured = false };
        var guest = await _host.AttachAsync(port, addressed: false);
        await _host.IpAsync(guest.Space, "link set eth0 address fa:16:3e:99:99:99");
        Assert.Empty(await guest.LeaseAsync());
    }

    [Fact]
    public async Task An_address_goes_to_its_next_port_at_once()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var first = Specs.Port(network, 11);
        Assert.Equal("10.0.0.11", (await (await _host.AttachAsync(first, addressed: false)).LeaseAsync())["ip"]);
        await _host.Driver().RemovePortAsync(first.Id, Ct);
        var next = Specs.Port(network, 12) with { Addresses = first.Addresses };
        Assert.Equal("10.0.0.11", (await (await _host.AttachAsync(next, addressed: false)).LeaseAsync())["ip"]);
    }

    [Fact]
    public async Task A_server_that_died_is_back_when_the_network_is_ensured()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var guest = await _host.AttachAsync(Specs.Port(network, 11), addressed: false);
        Assert.Single(_host.DhcpServers(network.Id)).Kill();
        await _host.EnsureAsync(network);
        Assert.Equal("10.0.0.11", (await guest.LeaseAsync())["ip"]);
        Assert.Single(_host.DhcpServers(network.Id));
    }

    [Fact]
    public async Task A_server_without_its_pid_file_is_found_and_not_doubled()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var server = Assert.Single(_host.DhcpServers(network.Id));
        File.Delete(Path.Combine(_host.Run, _host.Cloud, $"{network.Id}", "dnsmasq.pid"));
        await _host.EnsureAsync(network, Specs.Port(network, 11));
        Assert.Equal(server.Id, Assert.Single(_host.DhcpServers(network.Id)).Id);
        await _host.Driver().RemoveNetworkAsync(network.Id, Ct);
        Assert.Empty(_host.DhcpServers(network.Id));
    }

    [Fact]
    public async Task Changed_options_reach_the_next_lease()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var guest = await _host.AttachAsync(Specs.Port(network, 11), addressed: false);
        Assert.Equal("10.0.0.2", (await guest.LeaseAsync())["dns"]);
        await _host.EnsureAsync(network with { Subnets = [network.Subnets[0] with { DnsServers = ["192.0.2.53"] }] });
        Assert.Equal("192.0.2.53", (await guest.LeaseAsync())["dns"]);
    }

    [Fact]
    public async Task A_network_without_DHCP_has_no_server()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        await _host.EnsureAsync(network with { Subnets = [network.Subnets[0] with { DhcpAddress = null }] });
        Assert.Empty(_host.DhcpServers(network.Id));
    }

    [Fact]
    public async Task Names_are_served_within_the_network_and_nothing_else_is()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network, Specs.Port(network, 12));
        var guest = await _host.AttachAsync(Specs.Port(network, 11));
        Assert.Contains("10.0.0.12", await LookUpAsync("host-12"));
        Assert.Contains("10.0.0.12", await LookUpAsync("host-12.openstacklocal"));
        Assert.Contains("REFUSED", await LookUpAsync("example.org"));

        async Task<string> LookUpAsync(string name) =>
            (await _host.TryAsync(guest.Space, "busybox", "nslookup", "-type=a", name, "10.0.0.2")).Output;
    }
}
