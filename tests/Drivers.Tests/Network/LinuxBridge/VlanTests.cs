using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>VLANs of a wire between two hosts, each of which leads into it by a bridge.</summary>
public sealed class VlanTests : IAsyncLifetime
{
    private BridgeHost _first = null!;
    private BridgeHost _second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_first, _second) = await BridgeHost.StartTwoAsync();
        await VlanWire.AssertCarriedAsync(_first.Driver());
        await _first.IpAsync(_first.Space, $"link add wire mtu 9000 type veth peer name wire netns {_second.Space}");
        foreach (var host in (BridgeHost[])[_first, _second])
        {
            await VlanWire.AddBridgeAsync(host);
            await host.IpAsync(
                host.Space,
                $"link set wire mtu 9000 master {VlanWire.Bridge}",
                "link set wire up",
                $"link set {VlanWire.Bridge} up"
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in (BridgeHost?[])[_first, _second])
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Guests_of_two_hosts_reach_each_other_in_their_VLAN_and_no_other()
    {
        var (red, blue) = (await SpanAsync(101), await SpanAsync(102));
        var here = await _first.AttachAsync(Specs.Port(red, 11));
        await _second.AttachAsync(Specs.Port(red, 12).With(Specs.In(Specs.Icmp)));
        await _second.AttachAsync(Specs.Port(blue, 13).With(Specs.In()));
        var other = await _first.AttachAsync(Specs.Port(blue, 14));
        Assert.True(await here.PingsAsync("10.0.0.12"));
        Assert.True(await other.PingsAsync("10.0.0.13"));
        Assert.True(await here.CannotPingAsync("10.0.0.13"));
        Assert.True(await other.CannotPingAsync("10.0.0.12"));
    }

    [Fact]
    public async Task The_hosts_bridge_keeps_its_MTU_and_a_frame_may_be_as_large_as_that()
    {
        var network = await SpanAsync(101, mtu: 9000);
        var here = await _first.AttachAsync(Specs.Port(network, 11));
        await _second.AttachAsync(Specs.Port(network, 12).With(Specs.In(Specs.Icmp)));
        Assert.True(await here.PingsAsync("10.0.0.12"));
        foreach (var size in (int[])[1472, 8972])
        {
            string[] ping = ["ping", "-c", "1", "-A", "-w", "8", "-s", $"{size}", "10.0.0.12"];
            Assert.Equal(0, (await _first.TryAsync(here.Space, "busybox", ping)).ExitCode);
        }
        await SpanAsync(102);
        foreach (var host in (BridgeHost[])[_first, _second])
            Assert.Equal(9000, (await LinksAsync(host)).Single(link => link.Name == VlanWire.Bridge).Mtu);
    }

    [Fact]
    public async Task What_is_removed_leaves_nothing_and_what_was_the_hosts_is_as_it_was()
    {
        var before = await StateAsync(_first);
        var network = await SpanAsync(101);
        var port = Specs.Port(network, 11);
        await _first.EnsureAsync(network, port);
        Assert.Contains(await LinksAsync(_first), link => link.Name == Physical(_first, network));
        await _first.Driver().RemovePortAsync(port.Id, Ct);
        await _first.Driver().RemoveNetworkAsync(network.Id, Ct);
        Assert.False(_first.Spaces.Exists(network.Id));
        Assert.Equal(before, await StateAsync(_first));
    }

    [Fact]
    public async Task A_physical_network_whose_bridge_is_not_there_is_said_so_and_is_joined_when_it_is()
    {
        _first.PhysicalNetworks["lab"] = "br-late";
        var network = VlanWire.Network(_first.Cloud, 101);
        var fault = await Assert.ThrowsAsync<Fault>(() => _first.Driver().EnsureNetworkAsync(network, Ct));
        Assert.Contains("br-late", fault.Message);
        await _first.IpAsync(_first.Space, "link add br-late type bridge", "link set br-late up");
        await _first.EnsureAsync(network);
        Assert.Contains(await LinksAsync(_first), link => link.Name == Physical(_first, network));
    }

    private async Task<HostNetwork> SpanAsync(int vlan, int mtu = 1500)
    {
        var network = VlanWire.Network(_first.Cloud, vlan) with { Mtu = mtu };
        await _first.EnsureAsync(network);
        await _second.EnsureAsync(network);
        return network;
    }

    private static string Physical(BridgeHost host, HostNetwork network) =>
        Names.Physical(network.Id, host.Spaces.Host);

    private static Task<IReadOnlyList<Link>> LinksAsync(BridgeHost host) =>
        new Links(host.Command, host.Space).ListAsync(null, Ct);

    /// <summary>All devices of the host, and what queues and hooks they have.</summary>
    private static async Task<string> StateAsync(BridgeHost host)
    {
        var devices = (await LinksAsync(host)).Select(link => $"{link.Name} {link.Index} {link.Mtu} {link.Alias}");
        var queues = await host.RunAsync(new Invocation("tc", ["-netns", host.Space, "qdisc", "show"]));
        return string.Join('\n', devices) + "\n" + queues;
    }
}
