using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>Ethernet frames, true and false ones.</summary>
internal static class Frames
{
    public const string Everyone = "ff:ff:ff:ff:ff:ff";

    public static byte[] Ethernet(string to, string from, int type, params byte[] payload) =>
        [.. Mac(to), .. Mac(from), (byte)(type >> 8), (byte)type, .. payload];

    /// <summary>An ARP reply that says who has an address.</summary>
    public static byte[] Arp(string from, string sender, string senderIp, string targetIp) =>
        Ethernet(
            Everyone,
            from,
            0x0806,
            [0, 1, 8, 0, 6, 4, 0, 2, .. Mac(sender), .. Ip(senderIp), .. Mac(Everyone), .. Ip(targetIp)]
        );

    public static byte[] Udp(string toMac, string from, string fromIp, string toIp, int sport, int dport, byte[] data)
    {
        var length = 8 + data.Length;
        byte[] udp = [.. Word(sport), .. Word(dport), .. Word(length), 0, 0, .. data];
        byte[] header = [0x45, 0, .. Word(20 + length), 0, 0, 0, 0, 64, 17, 0, 0, .. Ip(fromIp), .. Ip(toIp)];
        Word(Sum(header)).CopyTo(header, 10);
        return Ethernet(toMac, from, 0x0800, [.. header, .. udp]);
    }

    /// <summary>An ICMPv6 message with a hop limit of 255, as neighbour discovery wants it.</summary>
    public static byte[] Icmpv6(string toMac, string from, string fromIp, string toIp, byte type, byte[] body)
    {
        byte[] message = [type, 0, 0, 0, .. body];
        byte[] pseudo = [.. Ip(fromIp), .. Ip(toIp), 0, 0, .. Word(message.Length), 0, 0, 0, 58, .. message];
        Word(Sum(pseudo)).CopyTo(message, 2);
        byte[] header = [0x60, 0, 0, 0, .. Word(message.Length), 58, 255, .. Ip(fromIp), .. Ip(toIp)];
        return Ethernet(toMac, from, 0x86dd, [.. header, .. message]);
    }

    /// <summary>The packet in two fragments, what it says hidden in the second behind an extension header that fills the first.</summary>
    /// <remarks>Linux takes no first fragments that are smaller than any link's (RFC 8200).</remarks>
    public static byte[][] Fragments(byte[] frame)
    {
        const byte fragment = 44;
        const byte options = 60;
        const int length = 1240;
        IEnumerable<byte> Pad(int size) => [1, (byte)(size - 2), .. new byte[size - 2]];
        byte[] header =
        [
            frame[20],
            length / 8 - 1,
            .. Enumerable.Repeat(254, 4).Append(length - 2 - 4 * 254).SelectMany(Pad),
        ];
        return [Fragment(header, [0, 1]), Fragment(frame[54..], Word(length))];

        byte[] Fragment(byte[] part, byte[] where) =>
            [
                .. frame[..18],
                .. Word(8 + part.Length),
                fragment,
                .. frame[21..54],
                options,
                0,
                .. where,
                0,
                0,
                0,
                7,
                .. part,
            ];
    }

    /// <summary>A DHCP message of the given type (option 53).</summary>
    public static byte[] Dhcp(byte operation, string client, byte type)
    {
        var message = new byte[244];
        (message[0], message[1], message[2]) = (operation, 1, 6);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x1234);
        message[10] = 0x80; // answer by broadcast
        Mac(client).CopyTo(message, 28);
        byte[] options = [0x63, 0x82, 0x53, 0x63, 53, 1, type, 255];
        options.CopyTo(message, 236);
        return message;
    }

    public static byte[] Ip(string text) => IPAddress.Parse(text).GetAddressBytes();

    public static byte[] Mac(string text) => PhysicalAddress.Parse(text).GetAddressBytes();

    private static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    private static int Sum(byte[] data)
    {
        var sum = 0;
        for (var i = 0; i < data.Length; i += 2)
            sum += (data[i] << 8) + (i + 1 < data.Length ? data[i + 1] : 0);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return ~sum & 0xffff;
    }
}
