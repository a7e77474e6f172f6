using System.Net;
using System.Net.Sockets;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Addresses as text that is safe to stand in a rule: parsed and written anew, so nothing else gets through.</summary>
internal static class Prefixes
{
    /// <summary>The prefixes of one family in canonical form, without those that lie within another.</summary>
    /// <remarks>nft refuses intervals that overlap within a set.</remarks>
    /// <exception cref="Fault">BadRequest for what is no prefix.</exception>
    public static IReadOnlyList<string> Merge(IEnumerable<string> prefixes, int etherType)
    {
        var networks = prefixes
            .Select(Parse)
            .Where(network => IsFamily(network.BaseAddress, etherType))
            .OrderBy(network => network.PrefixLength)
            .ThenBy(network => network.BaseAddress.ToString(), StringComparer.Ordinal);
        var kept = new List<IPNetwork>();
        var seen = new HashSet<IPNetwork>();
        var lengths = new SortedSet<int>();
        foreach (var network in networks)
            if (!lengths.Any(length => seen.Contains(Shorten(network, length))))
            {
                seen.Add(network);
                kept.Add(network);
                lengths.Add(network.PrefixLength);
            }
        return [.. kept.Select(Write)];
    }

    /// <exception cref="Fault">BadRequest for what is no prefix.</exception>
    public static IPNetwork Parse(string text)
    {
        var slash = text.IndexOf('/');
        var head = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(head, out var address) || address.ScopeIdOrZero() != 0)
            throw Fault.BadRequest($"'{text}' is not an address prefix");
        var bits = address.GetAddressBytes().Length * 8;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], out length) || length < 0 || length > bits))
            throw Fault.BadRequest($"'{text}' is not an address prefix");
        return new IPNetwork(Mask(address, length), length);
    }

    /// <exception cref="Fault">BadRequest for what is no address.</exception>
    public static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address) && address.ScopeIdOrZero() == 0
            ? address
            : throw Fault.BadRequest($"'{text}' is not an address");

    public static bool IsFamily(IPAddress address, int etherType) =>
        address.AddressFamily == (etherType == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);

    /// <summary>The prefix's last address.</summary>
    public static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] |= (byte)(0xff >> Math.Clamp(network.PrefixLength - i * 8, 0, 8));
        return new IPAddress(bytes);
    }

    public static string Netmask(IPNetwork network) => Mask(IPAddress.Broadcast, network.PrefixLength).ToString();

    private static string Write(IPNetwork network) =>
        network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8
            ? network.BaseAddress.ToString()
            : network.ToString();

    private static IPNetwork Shorten(IPNetwork network, int length) => new(Mask(network.BaseAddress, length), length);

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(length - i * 8, 0, 8));
        return new IPAddress(bytes);
    }

    private static long ScopeIdOrZero(this IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
