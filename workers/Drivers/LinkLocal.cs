using System.Net;
using System.Net.NetworkInformation;

namespace Pipeline.Drivers;

/// <summary>The address by which a device calls itself on its link, made of its Ethernet address (RFC 4291, appendix A).</summary>
internal static class LinkLocal
{
    public const int PrefixLength = 64;

    /// <param name="mac">As text, checked before.</param>
    public static string Of(string mac)
    {
        var bytes = PhysicalAddress.Parse(mac).GetAddressBytes();
        return new IPAddress([
            0xfe,
            0x80,
            .. new byte[6],
            (byte)(bytes[0] ^ 2),
            .. bytes[1..3],
            0xff,
            0xfe,
            .. bytes[3..],
        ]).ToString();
    }
}
