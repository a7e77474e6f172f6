using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>What security groups let through by IPv6, between guests on one bridge.</summary>
public sealed class SecurityGroup6Tests : IAsyncLifetime
{
    private BridgeHost _host = null!;
    private HostNetwork _network = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs6.Network(_host.Cloud, Ipv6Mode.Stateful);
        await _host.EnsureAsync(_network);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Only_what_a_rule_allows_comes_in_and_answers_pass()
    {
        var client = await _host.AttachHastyAsync(Specs6.Port(_network, 11, "fd00::b"));
        var stranger = await _host.AttachHastyAsync(Specs6.Port(_network, 13, "fd00::d"));
        var port = Specs6.Port(_network, 12, "fd00::c");
        var ssh = Specs6.In(Specs.Tcp, 22, 22, "fd00::b/128");
        var server = await _host.AttachHastyAsync(port.With(ssh));
        using var listener = server.Listen(22);
        using var mine = await client.ConnectAsync("fd00::c", 22);
        using var theirs = await listener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(theirs, mine));
        Assert.True(await stranger.CannotConnectAsync("fd00::c", 22));
        Assert.True(await client.CannotPingAsync("fd00::c")); // though neighbours hear each other
        Assert.True(await client.PingsAsync("fd00::2"));
        await _host.Driver().EnsurePortAsync(port, Ct);
        Assert.True(await Guest.IsCutAsync(mine, theirs));
    }

    [Fact]
    public async Task Types_of_ICMP_are_told_apart_and_large_packets_pass_in_fragments()
    {
        var client = await _host.AttachHastyAsync(Specs6.Port(_network, 11, "fd00::b"));
        var port = Specs6.Port(_network, 12, "fd00::c");
        await _host.AttachHastyAsync(port.With(Specs6.In(Specs6.Icmp, 128, 0)));
        Assert.True(await client.PingsAsync("fd00::c"));
        string[] large = ["ping", "-c", "1", "-A", "-w", "3", "-s", "4000", "fd00::c"];
        Assert.Equal(0, (await _host.TryAsync(client.Space, "busybox", large)).ExitCode);
        await _host.Driver().EnsurePortAsync(port.With(Specs6.In(Specs6.Icmp, 129)), Ct);
        Assert.True(await client.CannotPingAsync("fd00::c"));
    }
}
