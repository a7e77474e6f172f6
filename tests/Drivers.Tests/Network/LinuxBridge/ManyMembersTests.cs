using System.Diagnostics;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A host with twenty ports whose rules name a group of a thousand: a member's change is one element's.</summary>
public sealed class ManyMembersTests : IAsyncLifetime
{
    private const int PortCount = 20;
    private static readonly Guid Group = Guid.NewGuid();
    private BridgeHost _host = null!;
    private HostNetwork _network = null!;
    private LinuxBridgeDriver _driver = null!;
    private List<HostPort> _ports = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await BridgeHost.StartAsync();
        _network = Specs.Network(_host.Cloud);
        _driver = _host.Driver();
        _ports = [.. Enumerable.Range(0, PortCount).Select(i => Specs.Port(_network, 11 + i))];
        await _host.EnsureAsync(_network);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_member_that_comes_is_let_in_and_one_that_goes_is_cut_by_one_element_each()
    {
        var (leaver, comer) = (Specs.Port(_network, 101), Specs.Port(_network, 102));
        string[] others = [.. Enumerable.Range(0, 999).Select(i => $"10.1.{i / 250}.{i % 250 + 1}")];
        var (old, now) = (await _host.AttachAsync(leaver), await _host.AttachAsync(comer));
        var server = await _host.AttachAsync(_ports[0]);
        var whole = await TellAsync([.. others, "10.0.0.101"]);
        using var listener = server.Listen(22);
        using var open = await old.ConnectAsync("10.0.0.11", 22);
        using var accepted = await listener.AcceptAsync(Ct);
        Assert.True(await Guest.IsOpenAsync(open, accepted));
        Assert.True(await now.CannotConnectAsync("10.0.0.11", 22));

        var added = await TellAsync([.. others, "10.0.0.101", "10.0.0.102"]);
        Assert.True(await now.ConnectsAsync("10.0.0.11", 22));
        Assert.True(await Guest.IsOpenAsync(open, accepted));

        var removed = await TellAsync([.. others, "10.0.0.102"]);
        Assert.True(await Guest.IsCutAsync(open, accepted));
        Assert.True(await Guest.IsCutAsync(accepted, open));
        Assert.True(await old.CannotConnectAsync("10.0.0.11", 22));
        Assert.True(await now.ConnectsAsync("10.0.0.11", 22));

        var set = $"element inet pipeline members4-{Group:N}";
        Assert.Equal([$"add {set} {{ 10.0.0.102 }}\n".Length], added.Select(load => load.Size));
        Assert.Equal([$"delete {set} {{ 10.0.0.101 }}\n".Length], removed.Select(load => load.Size));
        // The first one makes the set, the others' own chains name it.
        Assert.Equal(PortCount, whole.Count);
        Assert.Single(whole, load => load.Size > 10_000);
        foreach (var (name, loads) in new[] { ("all", whole), ("one more", added), ("one less", removed) })
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{name}: {loads.Count} loads of {loads.Sum(load => load.Size)} characters in "
                    + $"{loads.Sum(load => load.Time.TotalMilliseconds):0} ms"
            );
    }

    /// <summary>Tells all ports what the group's members are.</summary>
    /// <returns>What was loaded into the kernel.</returns>
    private async Task<IReadOnlyList<(int Size, TimeSpan Time)>> TellAsync(string[] members)
    {
        using var caller = new Activity("tell").Start();
        using var spans = new CommandSpans(caller);
        var allowed = Specs.In(Specs.Tcp, 22, 22) with { Remote = members, RemoteGroup = Group };
        foreach (var port in _ports)
            await _driver.EnsurePortAsync(port.With(allowed, allowed with { PortMin = 443, PortMax = 443 }), Ct);
        return
        [
            .. spans
                .Named("nft")
                .Select(span => (Size: (int)span.GetTagItem("command.input")!, Time: span.Duration))
                .Where(load => load.Size > 0),
        ];
    }
}
