using System.Net;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Networks are worlds of their own, and nothing of them stays behind.</summary>
public sealed class IsolationTests : IAsyncLifetime
{
    private BridgeHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Equal_addresses_in_two_networks_do_not_know_each_other()
    {
        var (red, blue) = (Specs.Network(_host.Cloud), Specs.Network(_host.Cloud));
        await _host.EnsureAsync(red);
        await _host.EnsureAsync(blue);
        var ssh = Specs.In(Specs.Tcp, 22, 22);
        var (redClient, blueClient) = (await AttachAsync(red, 11), await AttachAsync(blue, 11));
        var (redServer, blueServer) = (await AttachAsync(red, 12, ssh), await AttachAsync(blue, 12));
        using var redListener = redServer.Listen(22);
        using var blueListener = blueServer.Listen(22);
        // The same five numbers in both networks: the connection that one allows must not open the other.
        using var redSide = await redClient.ConnectAsync("10.0.0.12", 22);
        var port = ((IPEndPoint)redSide.LocalEndPoint!).Port;
        Assert.True(await blueClient.CannotConnectAsync("10.0.0.12", 22, fromPort: port));
        using var accepted = await redListener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(redSide, accepted));
        Assert.True(await redClient.CannotPingAsync("10.0.0.12"));
        await _host.EnsureAsync(blue, Specs.Port(blue, 13).With(Specs.In()));
        Assert.True(await redClient.CannotPingAsync("10.0.0.13"));
    }

    [Fact]
    public async Task A_network_does_not_lead_between_its_subnets()
    {
        var network = Specs.Network(_host.Cloud);
        var other = network.Subnets[0] with
        {
            Id = new(Guid.NewGuid()),
            Cidr = "10.0.1.0/24",
            DhcpAddress = "10.0.1.2",
        };
        network = network with { Subnets = [.. network.Subnets, other] };
        await _host.EnsureAsync(network);
        var open = Specs.In();
        var client = await AttachAsync(network, 11, open);
        var far = Specs.Port(network, 12).With(open) with { Addresses = [new HostAddress(other.Id, "10.0.1.12")] };
        var server = await _host.AttachAsync(far);
        await _host.IpAsync(client.Space, "route add 10.0.1.0/24 via 10.0.0.2");
        await _host.IpAsync(server.Space, "route add 10.0.0.0/24 via 10.0.1.2");
        Assert.True(await client.PingsAsync("10.0.0.2"));
        Assert.True(await client.CannotPingAsync("10.0.1.12"));
    }

    [Fact]
    public async Task Nothing_of_a_removed_network_is_left_on_the_machine()
    {
        var driver = _host.Driver(device: PortDevice.Tap);
        var links = new Links(_host.Command, _host.Space);
        var before = (await links.ListAsync(null, Ct)).Select(link => link.Name).ToList();
        var network = Specs.Network(_host.Cloud);
        await driver.EnsureNetworkAsync(network, Ct);
        await driver.EnsurePortAsync(Specs.Port(network, 11), Ct);
        Assert.NotEmpty(_host.DhcpServers(network.Id));
        await driver.RemoveNetworkAsync(network.Id, Ct);
        Assert.Empty(_host.DhcpServers(network.Id));
        Assert.Equal(before, (await links.ListAsync(null, Ct)).Select(link => link.Name));
        Assert.False(File.Exists(_host.Spaces.PathOf(network.Id)));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_host.Run, _host.Cloud)));
        Assert.Empty(Directory.EnumerateFiles(_host.Data, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_is_found_without_a_ledger_is_listed_and_can_be_removed()
    {
        var driver = _host.Driver(device: PortDevice.Tap);
        var network = Specs.Network(_host.Cloud);
        var port = Specs.Port(network, 11);
        await driver.EnsureNetworkAsync(network, Ct);
        await driver.EnsurePortAsync(port, Ct);
        Directory.Delete(_host.Data, recursive: true);
        var holdings = await driver.ListAsync(Ct);
        Assert.Equal([network.Id], holdings.Networks);
        Assert.Equal([new HeldPort(port.Id, network.Id)], holdings.Ports);
        await driver.RemovePortAsync(port.Id, Ct);
        await driver.RemoveNetworkAsync(network.Id, Ct);
        Assert.Empty((await driver.ListAsync(Ct)).Networks);
        Assert.Empty((await driver.ListAsync(Ct)).Ports);
    }

    [Fact]
    public async Task A_namespace_whose_making_was_interrupted_is_made_anew()
    {
        var network = Specs.Network(_host.Cloud);
        await File.WriteAllTextAsync(_host.Spaces.PathOf(network.Id), "", Ct);
        await _host.EnsureAsync(network, Specs.Port(network, 11));
        Assert.True(_host.Spaces.Exists(network.Id));
    }

    [Fact]
    public async Task A_filter_that_was_flushed_is_back_when_a_port_is_ensured()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var client = await AttachAsync(network, 11);
        await AttachAsync(network, 12);
        var space = _host.Spaces.NameOf(network.Id);
        await _host.RunAsync(new Invocation("ip", ["netns", "exec", space, "nft", "flush", "ruleset"]));
        Assert.True(await client.PingsAsync("10.0.0.12"));
        await _host.EnsureAsync(network);
        Assert.True(await client.CannotPingAsync("10.0.0.12"));
    }

    [Fact]
    public async Task A_port_that_cannot_be_does_not_hurt_the_others()
    {
        var network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(network);
        var bad = Specs.Port(network, 12).With(Specs.In(Specs.Tcp, 22, 22, "10.0.0.0/8; flush ruleset"));
        var fault = await Assert.ThrowsAsync<Fault>(() => _host.Driver().EnsurePortAsync(bad, Ct));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        await AttachAsync(network, 11);
        Assert.Single((await _host.Driver().ListAsync(Ct)).Ports);
    }

    private Task<Guest> AttachAsync(HostNetwork network, int number, params PortRule[] rules) =>
        _host.AttachAsync(Specs.Port(network, number).With(rules));
}
