using System.Globalization;

namespace Pipeline.Network.Ipam;

/// <summary>An IPv4 prefix, its host bits cleared.</summary>
internal readonly record struct Cidr(long First, int Length)
{
    public long Last => First + (1L << (32 - Length)) - 1;

    /// <summary>The first address that a host may have: a network of four or more keeps its own address and broadcast back.</summary>
    public long FirstHost => Length <= 30 ? First + 1 : First;

    public long LastHost => Length <= 30 ? Last - 1 : Last;

    public bool Contains(long address) => address >= First && address <= Last;

    public bool IsUsable(long address) => address >= FirstHost && address <= LastHost;

    /// <summary>A bare address is a prefix of 32.</summary>
    public static bool TryParse(string? text, out Cidr cidr)
    {
        cidr = default;
        var slash = text?.IndexOf('/') ?? -1;
        var length = 32;
        if (
            slash >= 0
            && !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
        )
            return false;
        if (length > 32 || !Ipv4.TryParse(slash < 0 ? text : text![..slash], out var address))
            return false;
        cidr = new(address & ~((1L << (32 - length)) - 1), length);
        return true;
    }

    public override string ToString() => $"{Ipv4.Text(First)}/{Length}";
}
