using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>What a subnet's guests are told besides their addresses, as a body says it and as it is stored. Pure.</summary>
internal static class GuestSettings
{
    private const int MostNameservers = 5;
    private const int MostRoutes = 20;

    /// <summary>Separated by commas.</summary>
    public static string Nameservers(Fields item, int version, string absent)
    {
        if (!item.Has("dns_nameservers"))
            return absent;
        var servers = item["dns_nameservers"].Array().Select(f => Nameserver(f.String(), version)).ToList();
        if (servers.GroupBy(s => s).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw NeutronFault.Invalid("dns_nameservers", $"Duplicate nameserver '{twice.Key}'.");
        if (servers.Count > MostNameservers)
            throw TooMany("DNSNameServersExhausted", "DNS nameservers", MostNameservers);
        return string.Join(',', servers);
    }

    /// <summary>`destination=nexthop`, separated by commas.</summary>
    public static string Routes(Fields item, int version, string absent)
    {
        if (!item.Has("host_routes"))
            return absent;
        var routes = item["host_routes"].Array().Select(f => Route(f.Object(), version)).ToList();
        if (routes.Count > MostRoutes)
            throw TooMany("HostRoutesExhausted", "host routes", MostRoutes);
        if (routes.GroupBy(r => r).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw NeutronFault.Invalid("host_routes", $"Duplicate hostroute '{twice.Key}'.");
        return string.Join(',', routes);
    }

    /// <summary>What a body names must be of its subnet's family.</summary>
    public static Fault OtherFamily(string name, string value, int version) =>
        NeutronFault.InvalidInput($"{name} '{value}' does not match the ip_version '{version}'.");

    private static string Nameserver(string text, int version)
    {
        if (!IpAddress.TryParse(text, out var server))
            throw NeutronFault.Invalid("dns_nameservers", $"'{text}' is not a valid nameserver.");
        return server.Version == version ? server.ToString() : throw OtherFamily("dns_nameserver", text, version);
    }

    private static string Route(Fields route, int version)
    {
        var destination = route.String("destination");
        var hop = route.String("nexthop");
        if (!destination.Contains('/') || !Cidr.TryParse(destination, out var cidr))
            throw NeutronFault.Invalid("host_routes", $"'{destination}' is not a valid CIDR.");
        if (cidr.Version != version)
            throw OtherFamily("destination", destination, version);
        return IpAddress.TryParse(hop, out var address) && address.Version == version
            ? $"{cidr}={address}"
            : throw OtherFamily("nexthop", hop, version);
    }

    private static Fault TooMany(string type, string what, int most) =>
        NeutronFault.Bad(
            type,
            $"Unable to complete operation for new subnet. The number of {what} exceeds the limit {most}."
        );
}
