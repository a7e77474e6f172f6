using System.Text.Json;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Tests.Network.LinuxBridge;
using Pipeline.Examples.PlainBridge;

namespace Pipeline.Drivers.Tests.Network;

/// <summary>The example of docs/adding-a-driver.md keeps the contract on a real kernel.</summary>
public sealed class PlainBridgeDriverTests : NetworkDriverContract, IAsyncLifetime
{
    private readonly string _space = $"pltest-{Guid.NewGuid().ToString("N")[..12]}";
    private readonly Command _command = new(TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces need root");
        await _command.RunAsync(new("ip", ["netns", "add", _space]), Ct);
    }

    public async ValueTask DisposeAsync() =>
        await _command.TryAsync(new("ip", ["netns", "delete", _space]), CancellationToken.None);

    protected override INetworkDriver NewDriver(string cloud) => new PlainBridgeDriver(_command, cloud, _space);

    protected override HostNetwork Carried(HostNetwork network) =>
        network with
        {
            Subnets = [.. network.Subnets.Select(subnet => subnet with { DhcpAddress = null })],
        };

    protected override HostPort Carried(HostPort port) => port with { Secured = false, Rules = [] };

    protected override async Task LoseAsync(HostPort port)
    {
        if (await NewDriver(Cloud).EnsurePortAsync(port, Ct) is { } tap)
            await IpAsync("link", "del", tap);
    }

    protected override async Task<bool> IsWholeAsync(HostPort port)
    {
        var links = JsonElement.Parse(await IpAsync("-json", "link", "show")).EnumerateArray().ToList();
        string NameOf(JsonElement link) => link.GetProperty("ifname").GetString()!;
        var bridge = links.SingleOrDefault(link => NameOf(link).StartsWith("pbn", StringComparison.Ordinal));
        return bridge.ValueKind == JsonValueKind.Object
            && links.Any(link => link.TryGetProperty("master", out var master) && master.ValueEquals(NameOf(bridge)));
    }

    protected override async Task<(HostLimit? Ingress, HostLimit? Egress)> LimitsAsync(HostPort port)
    {
        var text = await _command.RunAsync(new("tc", ["-netns", _space, "-json", "qdisc", "show"]), Ct);
        var queues = JsonElement
            .Parse(text)
            .EnumerateArray()
            .ToLookup(queue => queue.GetProperty("dev").GetString()![..3], queue => queue);
        return (BridgeHost.LimitOf(queues["pbt"]), BridgeHost.LimitOf(queues["pbq"]));
    }

    [Fact]
    public async Task What_a_plain_bridge_cannot_do_is_refused()
    {
        var (driver, network) = (NewDriver(Cloud), NewNetwork());
        var dhcp = network with { Subnets = [network.Subnets[0] with { DhcpAddress = "10.0.0.2" }] };
        await Assert.ThrowsAsync<Fault>(() => driver.EnsureNetworkAsync(dhcp, Ct));
        await driver.EnsureNetworkAsync(network, Ct);
        await Assert.ThrowsAsync<Fault>(() => driver.EnsurePortAsync(NewPort(network, 1) with { Secured = true }, Ct));
        Assert.Empty((await driver.ListAsync(Ct)).Ports);
    }

    private Task<string> IpAsync(params string[] arguments) =>
        _command.RunAsync(new("ip", ["-netns", _space, .. arguments]), Ct);
}
