using System.Net;
using System.Net.NetworkInformation;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A port as the filter knows it.</summary>
/// <param name="Number">Its packet mark, from 1; it stays the same for the port's life on this host.</param>
internal sealed record FilteredPort(HostPort Port, int Number)
{
    /// <summary>When it was told, as a count within its network: of two ports, the one with the greater was told later.</summary>
    public long Told { get; init; }

    public string Device => Names.Port(Port.Id);

    public string Key => Names.Short(Port.Id.Value);

    /// <summary>The port's address, canonical; anything else never reaches a rule's text.</summary>
    /// <exception cref="Fault">BadRequest when it is none.</exception>
    public string Mac => Write(Parse(Port.Mac));

    public IReadOnlyList<string> Ipv4 => [.. Addresses(4)];

    /// <summary>The port's IPv6 addresses: what its guest calls itself on the link (RFC 4291, appendix A), and those given.</summary>
    public IReadOnlyList<string> Ipv6 => [LinkLocal.Of(Mac), .. Addresses(6)];

    /// <summary>What the port may send from, by Ethernet address; its own is first.</summary>
    /// <exception cref="Fault">BadRequest for addresses that are none.</exception>
    public IReadOnlyList<Sender> Senders
    {
        get
        {
            if (Port.AllowedPairs is not { Count: > 0 } pairs)
                return [new(Mac, Ipv4, Ipv6)];
            var others = pairs.ToLookup(pair => Write(Parse(pair.Mac)), pair => pair.Prefix);
            var own = new Sender(Mac, Merge([.. Ipv4, .. others[Mac]], 4), Merge([.. Ipv6, .. others[Mac]], 6));
            return [own, .. others.Where(o => o.Key != Mac).Select(o => Other(o.Key, [.. o]))];
        }
    }

    // Who speaks IPv6 at all does so from its own address on the link as well.
    private static Sender Other(string mac, string[] prefixes) =>
        Merge(prefixes, 6) is { Count: > 0 } ipv6
            ? new(mac, Merge(prefixes, 4), Merge([LinkLocal.Of(mac), .. ipv6], 6))
            : new(mac, Merge(prefixes, 4), []);

    private static IReadOnlyList<string> Merge(IEnumerable<string> prefixes, int version) =>
        Prefixes.Merge(prefixes, version);

    private IEnumerable<string> Addresses(int etherType) =>
        Port
            .Addresses.Select(fixedAddress => Prefixes.ParseAddress(fixedAddress.Address))
            .Where(address => Prefixes.IsFamily(address, etherType))
            .Select(address => address.ToString());

    private static byte[] Parse(string text) =>
        PhysicalAddress.TryParse(text, out var mac) && mac.GetAddressBytes() is { Length: 6 } bytes
            ? bytes
            : throw Fault.BadRequest($"'{text}' is not an Ethernet address");

    private static string Write(byte[] mac) => string.Join(':', mac.Select(part => part.ToString("x2")));
}

/// <param name="Ipv4">Prefixes, none within another.</param>
/// <param name="Ipv6">The same.</param>
internal sealed record Sender(string Mac, IReadOnlyList<string> Ipv4, IReadOnlyList<string> Ipv6);
