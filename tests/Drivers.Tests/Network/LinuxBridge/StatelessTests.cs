using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Stateless ports proven with packets: 10.0.0.11 is stateless, 10.0.0.12 and 10.0.0.13 are what a test makes of them.</summary>
public sealed class StatelessTests : IAsyncLifetime
{
    private const string Server = "10.0.0.12";
    private const string Ours = "10.0.0.11";
    private BridgeHost _host = null!;
    private HostNetwork _network = null!;
    private HostPort _stateless = null!;
    private HostPort _other = null!;
    private Guest _client = null!;
    private Guest _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs.Network(_host.Cloud);
        await _host.EnsureAsync(_network);
        _stateless = Specs.Port(_network, 11) with { Stateless = true };
        _other = Specs.Port(_network, 12);
        _client = await _host.AttachAsync(_stateless);
        _server = await _host.AttachAsync(_other);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task An_answer_comes_by_a_rule_of_its_own_and_not_without()
    {
        await _host.EnsureAsync(_network, _other.With(Specs.In()));
        using var listener = _server.Listen(22);
        Assert.True(await _client.CannotConnectAsync(Server, 22));
        Assert.True(await _client.CannotPingAsync(Server));
        await AllowAsync(Specs.In(Specs.Tcp, 1024, 65535), Specs.In(Specs.Icmp, 0, 0));
        Assert.True(await _client.ConnectsAsync(Server, 22));
        Assert.True(await _client.PingsAsync(Server));
        await AllowAsync(Specs.In(Specs.Tcp, 1024, 65535, "10.0.0.128/25"), Specs.In(Specs.Icmp, 8));
        Assert.True(await _client.CannotConnectAsync(Server, 22));
        Assert.True(await _client.CannotPingAsync(Server));
    }

    [Fact]
    public async Task What_comes_in_by_a_rule_is_answered_by_a_rule()
    {
        await _host.EnsureAsync(_network, _other.With());
        using var listener = _client.Listen(80);
        HostPort Serving(params PortRule[] rules) =>
            _stateless with
            {
                Rules = [Specs.In(Specs.Tcp, 80, 80), .. rules],
            };
        await _host.EnsureAsync(_network, Serving());
        Assert.True(await _server.CannotConnectAsync(Ours, 80));
        await _host.EnsureAsync(_network, Serving(Specs.Out(Specs.Tcp, 1024, 65535)));
        Assert.True(await _server.ConnectsAsync(Ours, 80));
    }

    [Fact]
    public async Task A_stateful_port_beside_it_is_answered_as_ever_by_everybody()
    {
        var third = Specs.Port(_network, 13);
        var bystander = await _host.AttachAsync(third.With(Specs.In()));
        await AllowAsync(Specs.In());
        using var here = _client.Listen(80);
        using var there = bystander.Listen(80);
        Assert.True(await _server.ConnectsAsync(Ours, 80));
        Assert.True(await _server.PingsAsync(Ours));
        Assert.True(await _server.ConnectsAsync("10.0.0.13", 80));
        using var closed = _server.Listen(22);
        Assert.True(await _client.CannotConnectAsync(Server, 22)); // whose packets are part of no connection of its own
        Assert.True(await bystander.CannotConnectAsync(Server, 22));
    }

    [Fact]
    public async Task Between_stateless_ports_nothing_is_remembered()
    {
        var second = Specs.Port(_network, 14) with { Stateless = true };
        var peer = await _host.AttachAsync(second.With(Specs.In()));
        await AllowAsync(Specs.In());
        using var listener = peer.Listen(80);
        using var asking = await _client.ConnectAsync("10.0.0.14", 80);
        using var answering = await listener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(asking, answering));
        Assert.DoesNotContain("10.0.0.14", await RememberedAsync());
        await _host.EnsureAsync(_network, _other.With(Specs.In()));
        using var other = _server.Listen(80);
        using var tracked = await _client.ConnectAsync(Server, 80);
        Assert.Contains(Server, await RememberedAsync());
    }

    [Fact]
    public async Task It_says_no_more_than_it_may_claim_to_be()
    {
        await _host.EnsureAsync(_network, _other.With(Specs.In()));
        await AllowAsync(Specs.In());
        Assert.True(await _client.PingsAsync(Server));
        await _host.IpAsync(_client.Space, "address add 10.0.0.77/24 dev eth0", $"address del {Ours}/24 dev eth0");
        Assert.True(await _client.CannotPingAsync(Server));
    }

    [Fact]
    public async Task Leases_and_metadata_need_no_rule()
    {
        await _host.EnsureAsync(_network, _stateless with { Rules = [] });
        var lease = await _client.LeaseAsync();
        Assert.Equal(Ours, lease["ip"]);
        using var listener = new Guest(_host, _host.Spaces.NameOf(_network.Id)).Listen(80);
        await _host.IpAsync(_client.Space, "route replace 169.254.169.254/32 via 10.0.0.2");
        using var asking = await _client.ConnectAsync("169.254.169.254", 80);
        using var answering = await listener.AcceptAsync(Ct);
        Assert.Equal(Ours, ((IPEndPoint)answering.RemoteEndPoint!).Address.MapToIPv4().ToString());
        Assert.True(await Guest.IsOpenAsync(asking, answering));
        Assert.True(await Guest.IsOpenAsync(answering, asking));
    }

    [Fact]
    public async Task A_port_becomes_stateless_and_stateful_again_where_it_stands()
    {
        await _host.EnsureAsync(_network, _other.With(Specs.In()), _stateless with { Stateless = false });
        using var listener = _server.Listen(22);
        Assert.True(await _client.ConnectsAsync(Server, 22));
        await _host.EnsureAsync(_network, _stateless);
        Assert.True(await _client.CannotConnectAsync(Server, 22));
        await _host.EnsureAsync(_network, _stateless with { Stateless = false });
        Assert.True(await _client.ConnectsAsync(Server, 22));
    }

    private Task AllowAsync(params PortRule[] rules) => _host.EnsureAsync(_network, _stateless.With(rules));

    /// <summary>What the kernel knows of connections through the network.</summary>
    private Task<string> RememberedAsync() =>
        Task.FromResult(
            Inside.Run(_host.Spaces.NameOf(_network.Id), () => File.ReadAllText("/proc/thread-self/net/nf_conntrack"))
        );
}
