using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>The physical network `lab` of a test, and tags in its frames.</summary>
internal static class VlanWire
{
    public const string Bridge = "br-lab";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static HostNetwork Network(string cloud, int vlan) =>
        Specs.Network(cloud) with
        {
            SegmentType = "vlan",
            SegmentId = vlan,
            PhysicalNetwork = "lab",
            Mtu = 1500,
        };

    public static async Task AssertCarriedAsync(INetworkDriver driver)
    {
        var segments = (await driver.ProbeAsync(Ct)).Facts[$"linux-bridge{HostFactNames.Segments}"];
        Assert.SkipUnless(segments.Split(',').Contains("vlan"), "the kernel lacks programs on devices (cls_bpf)");
    }

    /// <summary>The host's bridge into the physical network, which is there before the cloud is.</summary>
    public static Task AddBridgeAsync(BridgeHost host)
    {
        host.PhysicalNetworks["lab"] = Bridge;
        return host.IpAsync(
            host.Space,
            $"link add {Bridge} type bridge forward_delay 0 mcast_snooping 0",
            $"link set {Bridge} addrgenmode none up"
        );
    }

    /// <summary>A port of the host's bridge that hears what is on the wire and says what it likes.</summary>
    public static async Task<RawGuest> AddMachineAsync(BridgeHost host, string name)
    {
        await host.IpAsync(
            host.Space,
            $"tuntap add dev {name} mode tap",
            $"link set {name} master {Bridge} addrgenmode none",
            $"link set {name} up"
        );
        return RawGuest.Hold(host.Space, name);
    }

    /// <param name="tag">The upper four bits may have a priority.</param>
    /// <param name="type">802.1Q, unless said otherwise.</param>
    public static byte[] Tagged(int tag, byte[] frame, int type = 0x8100) =>
        [.. frame[..12], (byte)(type >> 8), (byte)type, (byte)(tag >> 8), (byte)tag, .. frame[12..]];
}
