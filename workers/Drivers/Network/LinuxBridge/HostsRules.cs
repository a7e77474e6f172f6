using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>
/// Where hosts speak among themselves, their tunnels and their volumes: a network that leads out of the hosts opens nothing there,
/// neither for guests in it nor for routers' guests, for whom it is the way out. Hosts may open what they like. Pure.
/// </summary>
internal static class HostsRules
{
    public const string Chain = "hosts";

    /// <summary>Only these lead to the hosts' own network stacks.</summary>
    public static bool Has(HostNetwork network, LinuxBridgeOptions options) =>
        network.SegmentType is "flat" or "vlan" && options.HostAddresses.Count > 0;

    public static IEnumerable<string> Of(HostNetwork network, LinuxBridgeOptions options)
    {
        foreach (var api in options.Apis)
            yield return $"{Family(api.Address)} daddr {api.Address} tcp dport {api.Port} return";
        foreach (var (family, version) in (IEnumerable<(string, int)>)[("ip", 4), ("ip6", 6)])
            if (Prefixes.Merge(options.HostAddresses.Select(a => Closed(a, network)), version) is { Count: > 0 } closed)
            {
                yield return $"ct direction original {family} daddr {Rules.Set(closed)} drop";
                yield return $"ct state untracked {family} daddr {Rules.Set(closed)} drop";
            }
    }

    /// <summary>All of the network, unless guests are in it by the operator's will: then the host's own address.</summary>
    private static string Closed(string address, HostNetwork network)
    {
        var prefix = Prefixes.Parse(address);
        var shares = network.Subnets.Select(s => Prefixes.Parse(s.Cidr)).Any(s => Overlap(s, prefix));
        return shares ? address.Split('/')[0] : $"{prefix}";
    }

    private static bool Overlap(System.Net.IPNetwork one, System.Net.IPNetwork other) =>
        one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily
        && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));

    private static string Family(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? "ip" : "ip6";
}
