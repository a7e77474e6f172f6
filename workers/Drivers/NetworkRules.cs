using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>What every network driver refuses, the fake included.</summary>
public static class NetworkRules
{
    public const int SmallestMtu6 = 1280; // RFC 8200: the kernel has no IPv6 where it is less

    /// <exception cref="Fault">BadRequest.</exception>
    public static void Check(HostNetwork network, string cloud)
    {
        CheckCloud(network.Cloud, cloud);
        CheckMtu(network.Mtu);
        CheckSegment(network);
        foreach (var subnet in network.Subnets)
            Check(subnet, network.Mtu);
    }

    private static void CheckSegment(HostNetwork network)
    {
        if (network.SegmentType is not ("local" or "vxlan" or "flat" or "vlan"))
            throw Fault.BadRequest($"segments of type '{network.SegmentType}' are not known to this driver");
        if (network.SegmentType == "vxlan" && network.SegmentId is < 1 or >= 1 << 24)
            throw Fault.BadRequest($"{network.SegmentId} is not the number of a tunnel");
        if (network.SegmentType == "vlan" && network.SegmentId is < 1 or > 4094)
            throw Fault.BadRequest($"{network.SegmentId} is not the number of a VLAN");
        if ((network.SegmentType is "flat" or "vlan") != (network.PhysicalNetwork is not null))
            throw Fault.BadRequest("flat segments and VLANs, and no others, have a physical network");
        foreach (var peer in network.Peers)
            if (!IPAddress.TryParse(peer, out var address) || address.ToString() != peer)
                throw Fault.BadRequest($"'{peer}' is not another host's address");
    }

    /// <exception cref="Fault">BadRequest.</exception>
    public static void Check(HostPort port, string cloud)
    {
        CheckCloud(port.Cloud, cloud);
        CheckMtu(port.Mtu);
        if (!PhysicalAddress.TryParse(port.Mac, out var mac) || mac.GetAddressBytes().Length != 6)
            throw Fault.BadRequest($"'{port.Mac}' is not an Ethernet address");
        if (port.Tag is { } tag && (tag.Vlan is < 1 or > 4094 || tag.Parent == port.Id || port.Routed))
            throw Fault.BadRequest($"a port cannot be had by the tag {tag.Vlan} of {tag.Parent}");
        foreach (var limit in (HostLimit?[])[port.IngressLimit, port.EgressLimit])
            if (limit is { Kbps: < 1 } or { BurstKbits: < 1 })
                throw Fault.BadRequest($"a limit of {limit} lets nothing pass");
    }

    public static Fault NoNetwork(HostPort port) => Fault.NotFound($"network {port.Network} is not on this host");

    private static void Check(HostSubnet subnet, int mtu)
    {
        if (!System.Net.IPNetwork.TryParse(subnet.Cidr, out var network))
            throw Fault.BadRequest($"'{subnet.Cidr}' is not a subnet");
        var version = network.BaseAddress.AddressFamily;
        if (
            subnet.DhcpAddress is { } server
            && (!IPAddress.TryParse(server, out var address) || address.AddressFamily != version)
        )
            throw Fault.BadRequest($"subnet {subnet.Id}: '{server}' is not an address of its version");
        if (version == AddressFamily.InterNetworkV6 && mtu < SmallestMtu6)
            throw Fault.BadRequest($"IPv6 needs an MTU of {SmallestMtu6}, not {mtu}");
        foreach (var mode in ((string?[])[subnet.Ipv6RaMode, subnet.Ipv6AddressMode]).OfType<string>())
            if (version != AddressFamily.InterNetworkV6 || !Ipv6Mode.Has(mode))
                throw Fault.BadRequest($"subnet {subnet.Id} cannot be of mode '{mode}'");
    }

    private static void CheckCloud(string theirs, string ours)
    {
        if (theirs != ours)
            throw Fault.BadRequest("the order is of another cloud than this host's");
    }

    private static void CheckMtu(int mtu)
    {
        if (mtu is < HostNetwork.SmallestMtu or > 65535)
            throw Fault.BadRequest($"an MTU of {mtu} cannot be");
    }
}
