using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>What every router driver refuses, the fake included. What passes stands in canonical form, so it may stand in a command.</summary>
internal static class RouterRules
{
    /// <summary>Protocols with ports, by the names that nftables has for them.</summary>
    public static readonly string[] Forwarded = ["sctp", "tcp", "udp"];

    /// <exception cref="Fault">BadRequest.</exception>
    public static void Check(HostRouter router, string cloud)
    {
        if (router.Cloud != cloud)
            throw Fault.BadRequest("the order is of another cloud than this host's");
        foreach (var leg in router.Gateway is { } gateway ? router.Legs.Append(gateway.Leg) : router.Legs)
            Check(leg);
        if (router.Gateway?.NextHop is { } hop)
            CheckAddress(hop);
        foreach (var (destination, nextHop) in router.Routes)
        {
            CheckPrefix(destination);
            CheckAddress(nextHop);
        }
        foreach (var (address, fixedAddress) in router.FloatingIps)
        {
            CheckAddress(address);
            CheckAddress(fixedAddress);
        }
        Check(router.Forwardings ?? []);
        if (router.FloatingIps.Count + (router.Forwardings?.Count ?? 0) > 0 && router.Gateway is null)
            throw Fault.BadRequest("floating addresses need a gateway");
    }

    private static void Check(IReadOnlyList<HostForwarding> forwardings)
    {
        foreach (var (address, protocol, port, fixedAddress, fixedPort) in forwardings)
        {
            CheckAddress(address);
            CheckAddress(fixedAddress);
            if (!Forwarded.Contains(protocol))
                throw Fault.BadRequest($"'{protocol}' is no protocol whose ports are forwarded");
            if (port is < 1 or > 65535 || fixedPort is < 1 or > 65535)
                throw Fault.BadRequest($"{port} and {fixedPort} are not both ports");
        }
        if (forwardings.DistinctBy(f => (f.Address, f.Protocol, f.Port)).Count() < forwardings.Count)
            throw Fault.BadRequest("a port of an address is forwarded twice");
    }

    private static void Check(RouterLeg leg)
    {
        if (
            !PhysicalAddress.TryParse(leg.Mac, out var mac)
            || mac.GetAddressBytes().Length != 6
            || leg.Mac.Length != 17
        )
            throw Fault.BadRequest($"'{leg.Mac}' is not an Ethernet address");
        if (leg.Mtu is < 576 or > 65535)
            throw Fault.BadRequest($"an MTU of {leg.Mtu} cannot be");
        foreach (var address in leg.Addresses)
            if (
                address.Split('/') is not [var text, var length]
                || !int.TryParse(length, out var bits)
                || bits is < 1 or > 32
            )
                throw Fault.BadRequest($"'{address}' is not an address with its prefix's length");
            else
                CheckAddress(text);
    }

    private static void CheckAddress(string text)
    {
        var isOne =
            IPAddress.TryParse(text, out var address)
            && address.AddressFamily == AddressFamily.InterNetwork
            && address.ToString() == text;
        if (!isOne)
            throw Fault.BadRequest($"'{text}' is not an IPv4 address");
    }

    private static void CheckPrefix(string text)
    {
        if (!System.Net.IPNetwork.TryParse(text, out var network) || network.ToString() != text)
            throw Fault.BadRequest($"'{text}' is not a prefix");
    }
}
