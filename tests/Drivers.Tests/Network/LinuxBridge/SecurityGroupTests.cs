using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Security rules proven with packets between two guests, 10.0.0.11 (client) and 10.0.0.12 (server).</summary>
public sealed class SecurityGroupTests : IAsyncLifetime
{
    private const string Server = "10.0.0.12";
    private BridgeHost _host = null!;
    private HostNetwork _network = null!;
    private HostPort _port = null!;
    private HostPort _clientPort = null!;
    private Guest _client = null!;
    private Guest _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(_network);
        _port = Specs.Port(_network, 12);
        _clientPort = Specs.Port(_network, 11);
        _client = await _host.AttachAsync(_clientPort);
        _server = await _host.AttachAsync(_port);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Without_a_rule_nothing_comes_in_but_answers()
    {
        using var listener = _server.Listen(22);
        Assert.True(await _client.CannotPingAsync(Server));
        Assert.True(await _client.CannotConnectAsync(Server, 22));
        using var other = _client.Listen(80);
        await AllowClientAsync(Specs.In());
        Assert.True(await _server.ConnectsAsync("10.0.0.11", 80));
    }

    [Fact]
    public async Task A_rule_opens_its_ports_and_no_other()
    {
        await AllowAsync(Specs.In(Specs.Tcp, 22, 23));
        using var ssh = _server.Listen(22);
        using var telnet = _server.Listen(23);
        using var web = _server.Listen(80);
        Assert.True(await _client.ConnectsAsync(Server, 22));
        Assert.True(await _client.ConnectsAsync(Server, 23));
        Assert.True(await _client.CannotConnectAsync(Server, 80));
        Assert.True(await _client.CannotPingAsync(Server));
    }

    [Fact]
    public async Task An_ICMP_rule_knows_type_and_code()
    {
        await AllowAsync(Specs.In(Specs.Icmp, 13));
        Assert.True(await _client.CannotPingAsync(Server));
        await AllowAsync(Specs.In(Specs.Icmp, 8, 0));
        Assert.True(await _client.PingsAsync(Server));
        await AllowAsync(Specs.In(Specs.Icmp));
        Assert.True(await _client.PingsAsync(Server));
    }

    [Fact]
    public async Task A_rule_for_any_protocol_opens_all()
    {
        await AllowAsync(Specs.In());
        using var listener = _server.Listen(4711);
        Assert.True(await _client.ConnectsAsync(Server, 4711));
        Assert.True(await _client.PingsAsync(Server));
    }

    [Fact]
    public async Task A_rule_holds_for_its_remote_prefixes_only()
    {
        using var listener = _server.Listen(22);
        await AllowAsync(Specs.In(Specs.Tcp, 22, 22, "10.0.0.128/25"));
        Assert.True(await _client.CannotConnectAsync(Server, 22));
        var rule = Specs.In(Specs.Tcp, 22, 22) with { Remote = ["10.0.0.0/28", "10.0.0.11/32", "fe80::/10"] };
        await AllowAsync(rule);
        Assert.True(await _client.ConnectsAsync(Server, 22));
    }

    [Fact]
    public async Task What_may_not_leave_does_not()
    {
        await AllowAsync(Specs.In());
        using var ssh = _server.Listen(22);
        using var web = _server.Listen(80);
        await _host.EnsureAsync(_network, _clientPort with { Rules = [Specs.Out(Specs.Tcp, 80, 80)] });
        Assert.True(await _client.ConnectsAsync(Server, 80));
        Assert.True(await _client.CannotConnectAsync(Server, 22));
        Assert.True(await _client.CannotPingAsync(Server));
    }

    [Fact]
    public async Task A_connection_is_cut_when_its_rule_goes_and_others_go_on()
    {
        await AllowAsync(Specs.In(Specs.Tcp, 22, 22), Specs.In(Specs.Tcp, 80, 80));
        var (ssh, sshServer) = await ConnectAsync(22);
        var (web, webServer) = await ConnectAsync(80);
        await AllowAsync(Specs.In(Specs.Tcp, 80, 80));
        // Neither end gets through any more, although the server may open what connections it likes.
        Assert.True(await Guest.IsCutAsync(ssh, sshServer));
        Assert.True(await Guest.IsCutAsync(sshServer, ssh));
        Assert.True(await Guest.IsOpenAsync(web, webServer));
        Assert.True(await Guest.IsOpenAsync(webServer, web));
    }

    [Fact]
    public async Task A_connection_of_its_own_goes_on_when_a_guests_ingress_is_closed()
    {
        await AllowClientAsync(Specs.In(Specs.Tcp, 80, 80));
        await AllowAsync(Specs.In());
        using var listener = _client.Listen(80);
        using var outgoing = await _server.ConnectAsync("10.0.0.11", 80);
        using var accepted = await listener.AcceptAsync(Ct);
        await AllowAsync();
        Assert.True(await Guest.IsOpenAsync(outgoing, accepted));
        Assert.True(await Guest.IsOpenAsync(accepted, outgoing));
    }

    [Fact]
    public async Task Reloading_the_filter_loses_no_packet()
    {
        await AllowAsync(Specs.In(Specs.Icmp));
        string[] arguments = ["ping", "-q", "-c", "300", "-i", "0.005", "-W", "1", Server];
        var pinging = _host.TryAsync(_client.Space, arguments[0], arguments[1..]);
        for (var other = 100; !pinging.IsCompleted; other++)
            await _host.Driver().EnsurePortAsync(Specs.Port(_network, other % 100 + 100), Ct);
        Assert.Contains(" 0% packet loss", (await pinging).Output);
    }

    [Fact]
    public async Task A_port_with_security_off_is_open()
    {
        await _host.EnsureAsync(_network, _port with { Secured = false, Rules = [] });
        using var listener = _server.Listen(22);
        Assert.True(await _client.ConnectsAsync(Server, 22));
        await _host.IpAsync(_server.Space, "address add 10.0.0.77/24 dev eth0");
        Assert.True(await _client.PingsAsync("10.0.0.77"));
    }

    [Fact]
    public async Task A_port_that_is_down_passes_nothing()
    {
        await AllowAsync(Specs.In());
        Assert.True(await _client.PingsAsync(Server));
        await _host.EnsureAsync(_network, _port.With(Specs.In()) with { AdminUp = false });
        Assert.True(await _client.CannotPingAsync(Server));
        Assert.True(await _server.CannotPingAsync("10.0.0.2"));
        await AllowAsync(Specs.In());
        Assert.True(await _client.PingsAsync(Server));
    }

    [Fact]
    public async Task IPv6_rules_are_enforced_and_neighbours_always_found()
    {
        var (client, server) = (V6(11), V6(12));
        await _host.EnsureAsync(_network, client, server);
        await _host.IpAsync(_client.Space, "address add 2001:db8::11/64 dev eth0 nodad");
        await _host.IpAsync(_server.Space, "address add 2001:db8::12/64 dev eth0 nodad");
        using var listener = _server.Listen(22);
        Assert.True(await _client.CannotConnectAsync("2001:db8::12", 22));
        Assert.True(await _client.CannotPingAsync("2001:db8::12"));
        var ssh = Specs.Allow(RuleDirection.Ingress, Specs.Tcp, 22, 22, "2001:db8::/64", etherType: 6);
        var echo = Specs.Allow(RuleDirection.Ingress, Specs.Icmp, 128, etherType: 6);
        await _host.EnsureAsync(_network, server.With(ssh, echo));
        Assert.True(await _client.ConnectsAsync("2001:db8::12", 22));
        Assert.True(await _client.PingsAsync("2001:db8::12"));

        HostPort V6(int number)
        {
            var port = number == 12 ? _port : _clientPort;
            var address = new HostAddress(port.Addresses[0].Subnet, $"2001:db8::{number}");
            return port with { Addresses = [.. port.Addresses, address] };
        }
    }

    [Fact]
    public async Task The_host_reaches_a_guest_by_its_rules()
    {
        using var listener = _server.Listen(22);
        var network = new Guest(_host, _host.Spaces.NameOf(_network.Id));
        Assert.True(await network.CannotConnectAsync(Server, 22));
        await AllowAsync(Specs.In(Specs.Tcp, 22, 22));
        Assert.True(await network.ConnectsAsync(Server, 22));
    }

    [Fact]
    public async Task The_metadata_address_answers_a_guest_without_any_rule()
    {
        using var listener = new Guest(_host, _host.Spaces.NameOf(_network.Id)).Listen(80);
        await _host.EnsureAsync(_network, _clientPort with { Rules = [] });
        await _host.IpAsync(_client.Space, "route add 169.254.169.254/32 via 10.0.0.2");
        using var asking = await _client.ConnectAsync("169.254.169.254", 80);
        using var answering = await listener.AcceptAsync(Ct);
        Assert.Equal("10.0.0.11", ((IPEndPoint)answering.RemoteEndPoint!).Address.MapToIPv4().ToString());
        Assert.True(await Guest.IsOpenAsync(asking, answering));
        Assert.True(await Guest.IsOpenAsync(answering, asking));
        Assert.True(await _client.CannotConnectAsync("10.0.0.2", 80));
    }

    private Task AllowAsync(params PortRule[] rules) => _host.EnsureAsync(_network, _port.With(rules));

    private Task AllowClientAsync(params PortRule[] rules) => _host.EnsureAsync(_network, _clientPort.With(rules));

    private async Task<(Socket Client, Socket Server)> ConnectAsync(int port)
    {
        using var listener = _server.Listen(port);
        var client = await _client.ConnectAsync(Server, port);
        var server = await listener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(client, server));
        return (client, server);
    }
}
