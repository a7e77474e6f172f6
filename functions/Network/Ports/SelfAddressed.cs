using System.Globalization;
using Pipeline.Network.Ipam;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Ports;

/// <summary>Addresses that guests make themselves, of a subnet's prefix and their MAC (RFC 4291, modified EUI-64). Pure.</summary>
internal static class SelfAddressed
{
    /// <param name="prefix">Of 64 bits.</param>
    public static IpAddress AddressOf(Cidr prefix, string mac)
    {
        var number = ulong.Parse(mac.Replace(":", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, null);
        var half = (number >> 24 ^ 0x020000) << 40 | 0xfffeUL << 24 | number & 0xffffff;
        return prefix.First with { Number = prefix.First.Number | half };
    }

    /// <summary>A router's interface has what it is given, and a floating address is none of a guest's; all others do.</summary>
    public static bool Is(string deviceOwner) => deviceOwner is not (PortRow.RouterInterface or PortRow.FloatingIp);

    /// <summary>The subnets in which a port has an address whatever else it asks for.</summary>
    public static IReadOnlyList<SubnetRow> SubnetsOf(string deviceOwner, IReadOnlyList<SubnetRow> subnets) =>
        Is(deviceOwner) ? [.. subnets.Where(s => s.IsAuto)] : [];

    /// <summary>The subnets of which a port that asks for nothing has an address: one of each list.</summary>
    public static IReadOnlyList<IReadOnlyList<SubnetRow>> Others(string deviceOwner, IReadOnlyList<SubnetRow> subnets)
    {
        int[] versions = deviceOwner == PortRow.FloatingIp ? [4] : [4, 6];
        return
        [
            .. versions
                .Select(v => subnets.Where(s => s.IpVersion == v && !s.IsAuto).ToList())
                .Where(family => family.Count > 0),
        ];
    }
}
