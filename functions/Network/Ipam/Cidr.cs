using System.Globalization;

namespace Pipeline.Network.Ipam;

/// <summary>A prefix of either family, its host bits cleared.</summary>
internal readonly record struct Cidr(IpAddress First, int Length)
{
    public int Version => First.Version;

    public IpAddress Last => First with { Number = First.Number | HostBits(Version, Length) };

    /// <summary>
    /// The first address that a host may have: a network of four or more keeps its own address back, which in IPv6 is that
    /// of all its routers, and in IPv4 its broadcast.
    /// </summary>
    public IpAddress FirstHost => KeepsBack ? First.Next : First;

    public IpAddress LastHost => KeepsBack && Version == 4 ? Last.Previous : Last;

    private bool KeepsBack => Length <= First.Bits - 2;

    /// <summary>The prefix that an address is in.</summary>
    public static Cidr Of(IpAddress address, int length) =>
        new(address with { Number = address.Number & ~HostBits(address.Version, length) }, length);

    public bool Contains(IpAddress address) => address >= First && address <= Last;

    public bool IsUsable(IpAddress address) => address >= FirstHost && address <= LastHost;

    public bool Overlaps(Cidr other) => Contains(other.First) || other.Contains(First);

    /// <summary>A bare address is a prefix of its full length.</summary>
    public static bool TryParse(string? text, out Cidr cidr)
    {
        cidr = default;
        var slash = text?.IndexOf('/') ?? -1;
        if (!IpAddress.TryParse(slash < 0 ? text : text![..slash], out var address))
            return false;
        var length = address.Bits;
        if (
            slash >= 0
            && !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
        )
            return false;
        if (length > address.Bits)
            return false;
        cidr = Of(address, length);
        return true;
    }

    public override string ToString() => $"{First}/{Length}";

    private static UInt128 HostBits(int version, int length)
    {
        var bits = IpAddress.BitsOf(version) - length;
        return bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
    }
}
