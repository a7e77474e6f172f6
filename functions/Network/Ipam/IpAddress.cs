using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Network.Ipam;

/// <summary>An address of either family as a number: the form in which addresses are compared and counted.</summary>
/// <param name="Version">4 or 6.</param>
internal readonly record struct IpAddress(int Version, UInt128 Number) : IComparable<IpAddress>
{
    private static readonly SearchValues<char> HexadecimalAndDots = SearchValues.Create("0123456789abcdefABCDEF:.");

    public int Bits => BitsOf(Version);

    /// <summary>Of fixed width within a family, so that columns sort as numbers do; all of IPv4 comes before all of IPv6.</summary>
    public string Stored =>
        Version == 4
            ? string.Create(CultureInfo.InvariantCulture, $"4{(uint)Number:x8}")
            : string.Create(CultureInfo.InvariantCulture, $"6{Number:x32}");

    /// <summary>The one after it; the family's last is followed by itself.</summary>
    public IpAddress Next => Number == Largest(Version) ? this : this with { Number = Number + 1 };

    /// <summary>The one before it; the family's first comes after itself.</summary>
    public IpAddress Previous => Number == 0 ? this : this with { Number = Number - 1 };

    public static int BitsOf(int version) => version == 4 ? 32 : 128;

    public static UInt128 Largest(int version) => version == 4 ? uint.MaxValue : UInt128.MaxValue;

    public static IpAddress OfStored(string stored) =>
        new(
            stored[0] - '0',
            UInt128.Parse(stored.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        );

    public static bool TryParse(string? text, out IpAddress address)
    {
        address = default;
        return text is not null && (text.Contains(':') ? TryParseV6(text, out address) : TryParseV4(text, out address));
    }

    /// <summary>Dotted decimal alone. A leading zero is refused: some read it as octal.</summary>
    public static bool TryParseV4(string? text, out IpAddress address)
    {
        address = default;
        var parts = (text ?? "").Split('.');
        if (parts.Length != 4)
            return false;
        var number = 0u;
        foreach (var part in parts)
        {
            var plain = part.Length is > 0 and <= 3 && (part.Length == 1 || part[0] != '0');
            if (!plain || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return false;
            number = number << 8 | value;
        }
        address = new(4, number);
        return true;
    }

    public static bool operator <(IpAddress a, IpAddress b) => a.CompareTo(b) < 0;

    public static bool operator >(IpAddress a, IpAddress b) => a.CompareTo(b) > 0;

    public static bool operator <=(IpAddress a, IpAddress b) => a.CompareTo(b) <= 0;

    public static bool operator >=(IpAddress a, IpAddress b) => a.CompareTo(b) >= 0;

    public static IpAddress Max(IpAddress a, IpAddress b) => a >= b ? a : b;

    public static IpAddress Min(IpAddress a, IpAddress b) => a <= b ? a : b;

    public int CompareTo(IpAddress other) =>
        Version == other.Version ? Number.CompareTo(other.Number) : Version.CompareTo(other.Version);

    /// <summary>In the spelling that is compared and shown (RFC 5952).</summary>
    public override string ToString()
    {
        if (Version == 4)
        {
            var number = (uint)Number;
            return $"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}";
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Number);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>Without brackets, ports and zones, which the platform's parser takes.</summary>
    private static bool TryParseV6(string text, out IpAddress address)
    {
        address = default;
        if (text.AsSpan().ContainsAnyExcept(HexadecimalAndDots) || !IPAddress.TryParse(text, out var parsed))
            return false;
        if (parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        address = new(6, BinaryPrimitives.ReadUInt128BigEndian(parsed.GetAddressBytes()));
        return true;
    }
}
