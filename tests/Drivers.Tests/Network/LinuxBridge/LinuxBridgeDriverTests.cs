using System.Diagnostics;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>The contract on a real kernel, with taps as virtual machines get them.</summary>
public sealed class LinuxBridgeDriverTests : NetworkDriverContract, IAsyncLifetime
{
    private BridgeHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Its_commands_are_spans_of_the_step_that_runs_them()
    {
        using var step = new Activity("step").Start();
        using var spans = new CommandSpans(step);
        await NewPortAsync(NewDriver(Cloud));
        foreach (var program in (string[])["ip", "nft"])
            Assert.Contains(spans.Named(program), span => span.ParentSpanId == step.SpanId);
    }

    protected override INetworkDriver NewDriver(string cloud) => _host.Driver(cloud, PortDevice.Tap);

    protected override Task LoseAsync(HostPort port) => _host.IpAsync(_host.Space, $"link del {Names.Guest(port.Id)}");

    protected override Task<(HostLimit? Ingress, HostLimit? Egress)> LimitsAsync(HostPort port) =>
        _host.LimitsAsync(port);

    protected override async Task<bool> IsWholeAsync(HostPort port)
    {
        var links = new Links(_host.Command, _host.Space);
        var outside = (await links.ListAsync(null, Ct)).Select(link => link.Name).ToHashSet();
        if (!_host.Spaces.Exists(port.Network))
            return false;
        var inside = (await links.ListAsync(_host.Spaces.NameOf(port.Network), Ct))
            .Select(link => link.Name)
            .ToHashSet();
        return outside.IsSupersetOf([Names.Guest(port.Id), Names.Leg(port.Id)])
            && inside.IsSupersetOf([Names.Port(port.Id), Names.Bridge(port.Network)]);
    }
}
