using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>What of a network its hosts serve. Pure.</summary>
internal static class Serving
{
    // dnsmasq takes no range of a shorter one.
    private const int ShortestPrefix = 64;

    public static bool IsIpv6(this HostSubnet subnet) => Prefixes.IsFamily(Prefixes.Parse(subnet.Cidr).BaseAddress, 6);

    /// <summary>Whether DHCP answers in it: not where guests find all by themselves.</summary>
    public static bool IsServed(this HostSubnet subnet) =>
        subnet.DhcpAddress is not null && (!subnet.IsIpv6() || HasDhcpv6(subnet));

    public static bool IsServed(this HostNetwork network, int version) => network.Servers(version).Count > 0;

    /// <summary>The addresses of one version that the hosts' servers have.</summary>
    public static IReadOnlyList<string> Servers(this HostNetwork network, int version) =>
        [
            .. network
                .Subnets.Where(IsServed)
                .Select(subnet => Prefixes.ParseAddress(subnet.DhcpAddress!))
                .Where(address => Prefixes.IsFamily(address, version))
                .Select(address => address.ToString()),
        ];

    /// <summary>As in Neutron, a subnet of which nobody said how its addresses are configured is served.</summary>
    private static bool HasDhcpv6(HostSubnet subnet) =>
        Prefixes.Parse(subnet.Cidr).PrefixLength >= ShortestPrefix
        && (
            subnet.Ipv6AddressMode is Ipv6Mode.Stateful or Ipv6Mode.Stateless
            || subnet is { Ipv6AddressMode: null, Ipv6RaMode: null }
        );
}
