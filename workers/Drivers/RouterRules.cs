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
        if (router.Gateway?.NextHop6 is { } hop6)
            CheckAddress(hop6, AddressFamily.InterNetworkV6);
        foreach (var (destination, nextHop) in router.Routes)
            CheckAddress(nextHop, CheckPrefix(destination));
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
                || bits < 1
                || bits > (IsIpv6(text) ? 128 : 32)
            )
                throw Fault.BadRequest($"'{address}' is not an address with its prefix's length");
            else
                CheckAddress(text, FamilyOf(text));
        if (leg.Mtu < NetworkRules.SmallestMtu6 && leg.Addresses.Any(IsIpv6))
            throw Fault.BadRequest($"IPv6 needs an MTU of {NetworkRules.SmallestMtu6}, not {leg.Mtu}");
        foreach (var advertisement in leg.Advertisements ?? [])
            Check(advertisement);
    }

    private static void Check(RouterAdvertisement advertisement)
    {
        if (CheckPrefix(advertisement.Prefix) != AddressFamily.InterNetworkV6)
            throw Fault.BadRequest($"'{advertisement.Prefix}' is not a prefix of IPv6");
        if (!Ipv6Mode.Has(advertisement.Mode))
            throw Fault.BadRequest($"'{advertisement.Mode}' is no way to configure addresses");
        foreach (var nameserver in advertisement.Nameservers)
            CheckAddress(nameserver, FamilyOf(nameserver));
    }

    private static bool IsIpv6(string address) => address.Contains(':');

    private static AddressFamily FamilyOf(string address) =>
        IsIpv6(address) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    private static void CheckAddress(string text, AddressFamily family = AddressFamily.InterNetwork)
    {
        var isOne =
            IPAddress.TryParse(text, out var address) && address.AddressFamily == family && address.ToString() == text;
        if (!isOne)
            throw Fault.BadRequest($"'{text}' is not an IPv{(family == AddressFamily.InterNetwork ? 4 : 6)} address");
    }

    /// <returns>Its version.</returns>
    private static AddressFamily CheckPrefix(string text) =>
        System.Net.IPNetwork.TryParse(text, out var network) && network.ToString() == text
            ? network.BaseAddress.AddressFamily
            : throw Fault.BadRequest($"'{text}' is not a prefix");
}
