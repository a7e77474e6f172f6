using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pipeline.Network.Ipam;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>A prefix that a rule names, of either version.</summary>
/// <param name="Text">As it is shown: as sent, a bare address with its full length.</param>
/// <param name="Normal">With its host bits cleared.</param>
internal sealed record RemotePrefix(string EtherType, string Text, string Normal)
{
    public static bool TryParse(string text, out RemotePrefix prefix)
    {
        prefix = null!;
        var slash = text.IndexOf('/');
        if (!text.Contains(':'))
        {
            if (!Cidr.TryParse(text, out var cidr))
                return false;
            prefix = new("IPv4", slash < 0 ? $"{text}/32" : text, cidr.ToString());
            return true;
        }
        if (Ipv6(slash < 0 ? text : text[..slash], slash < 0 ? "128" : text[(slash + 1)..]) is not { } network)
            return false;
        prefix = new("IPv6", slash < 0 ? $"{text}/128" : text, network.ToString());
        return true;
    }

    private static IPNetwork? Ipv6(string address, string length)
    {
        if (
            !IPAddress.TryParse(address, out var ip)
            || ip.AddressFamily != AddressFamily.InterNetworkV6
            || ip.ScopeId != 0
        )
            return null;
        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > 128)
            return null;
        var bytes = ip.GetAddressBytes();
        for (var bit = bits; bit < 128; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), bits);
    }
}
