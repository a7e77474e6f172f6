using System.Text.Json.Serialization;

namespace Pipeline.Contracts.Drivers;

/// <summary>The host half of a network mechanism: segments, DHCP, ports, filtering. Every member ensures.</summary>
/// <remarks>Bridges, taps and DHCP servers outlive the agent. No tenant packet passes through a function.</remarks>
public interface INetworkDriver : IDriver
{
    /// <summary>Makes or converges the network's segment on this host, with its DHCP server and metadata address.</summary>
    /// <returns>The namespace in which the metadata service listens; null where there is none.</returns>
    Task<string?> EnsureNetworkAsync(HostNetwork network, CancellationToken ct);

    /// <summary>Removes the network from this host: bridge, namespace, DHCP server, rules.</summary>
    Task RemoveNetworkAsync(NetworkId id, CancellationToken ct);

    /// <summary>Makes or converges a port: device, lease, limits, anti-spoofing and security rules, these in one atomic change.</summary>
    /// <remarks>One with a tag is joined with its parent when both are there, whichever comes first.</remarks>
    /// <returns>The device a guest attaches to; null where there is none.</returns>
    Task<string?> EnsurePortAsync(HostPort port, CancellationToken ct);

    Task RemovePortAsync(PortId id, CancellationToken ct);

    /// <summary>Has the network's name server here answer these names. Of a network that is not here there is nothing to know.</summary>
    Task EnsureNamesAsync(HostNames names, CancellationToken ct);

    /// <summary>
    /// Makes again what was ordered and is not there any more: all of it after a reboot, else what has died. What is right is
    /// not touched. It is called now and then, so finding nothing costs next to nothing.
    /// </summary>
    Task KeepAsync(CancellationToken ct);

    /// <summary>What this driver holds on this host for this cloud.</summary>
    Task<NetworkHoldings> ListAsync(CancellationToken ct);
}

/// <param name="SegmentType">`local` (one host), `vxlan` or `flat`.</param>
/// <param name="SegmentId">The tunnel's number; 0 where the type has none.</param>
public sealed record HostNetwork(
    NetworkId Id,
    string Cloud,
    string SegmentType,
    int SegmentId,
    int Mtu,
    IReadOnlyList<HostSubnet> Subnets
)
{
    /// <summary>In bytes, as every host of the internet must take (RFC 791); a network with subnets of IPv6 needs more.</summary>
    public const int SmallestMtu = 576;

    /// <summary>Underlay addresses of the other hosts that have ports of the network: where its frames are sent.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>The physical network of a `flat` segment, by the name that hosts have for it.</summary>
    public string? PhysicalNetwork { get; init; }

    /// <summary>The domain of its guests' names, without a last dot; null for the host's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Domain { get; init; }
}

/// <param name="DhcpAddress">The DHCP server's own address in the subnet; null when DHCP is off.</param>
public sealed record HostSubnet(
    SubnetId Id,
    string Cidr,
    string? Gateway,
    string? DhcpAddress,
    IReadOnlyList<string> DnsServers,
    IReadOnlyList<HostRoute> Routes
)
{
    /// <summary>How a router announces an IPv6 subnet: `slaac`, `dhcpv6-stateless`, `dhcpv6-stateful`; null for not at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ipv6RaMode { get; init; }

    /// <summary>How guests come to their IPv6 addresses, in the same words; null for by other means.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ipv6AddressMode { get; init; }
}

public sealed record HostRoute(string Destination, string NextHop);

/// <param name="Secured">False switches filtering and anti-spoofing off (port security disabled).</param>
public sealed record HostPort(
    PortId Id,
    NetworkId Network,
    string Cloud,
    string Mac,
    IReadOnlyList<HostAddress> Addresses,
    string HostName,
    int Mtu,
    bool AdminUp,
    bool Secured,
    IReadOnlyList<PortRule> Rules
)
{
    /// <summary>A router's: its device is one end of a pair, for the router driver to take, whatever guests get.</summary>
    public bool Routed { get; init; }

    /// <summary>Nothing of its connections is remembered: each packet is judged by itself, so answers need rules of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stateless { get; init; }

    /// <summary>What else it may send from while it is secured; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HostAddressPair>? AllowedPairs { get; init; }

    /// <summary>What its guest is told by DHCP besides; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HostDhcpOption>? DhcpOptions { get; init; }

    /// <summary>The most that its guest is sent; null for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HostLimit? IngressLimit { get; init; }

    /// <summary>The most that its guest sends; null for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HostLimit? EgressLimit { get; init; }

    /// <summary>It has no device of its own: its guest has it by another port, tagged. Null for a device of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HostTag? Tag { get; init; }
}

/// <summary>How a trunk's guest tells the frames of one of its ports from all others that it has by the same device.</summary>
/// <param name="Parent">The port whose device it is, of whichever network.</param>
/// <param name="Vlan">The tag's number (IEEE 802.1Q), 1 to 4094.</param>
public sealed record HostTag(PortId Parent, int Vlan);

/// <param name="Kbps">In 1,000 bits a second.</param>
/// <param name="BurstKbits">What may pass at once, in 1,000 bits.</param>
public sealed record HostLimit(int Kbps, int BurstKbits);

public sealed record HostAddressPair(string Mac, string Prefix);

/// <param name="Name">As dnsmasq has it, or a number.</param>
public sealed record HostDhcpOption(string Name, string Value)
{
    /// <summary>6 for what DHCPv6 tells; null for IPv4.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Version { get; init; }
}

public sealed record HostAddress(SubnetId Subnet, string Address);

public enum RuleDirection
{
    Ingress,
    Egress,
}

/// <summary>One allowing rule, lowered from a security group. Answers pass, unless the port is stateless.</summary>
/// <param name="EtherType">4 or 6.</param>
/// <param name="Protocol">A protocol number; null for any. For ICMP the ports are type and code.</param>
/// <param name="Remote">Prefixes allowed on the other side (a remote group is lowered to its members); null for any.</param>
public sealed record PortRule(
    RuleDirection Direction,
    int EtherType,
    int? Protocol,
    int? PortMin,
    int? PortMax,
    IReadOnlyList<string>? Remote
)
{
    /// <summary>
    /// The group whose members <see cref="Remote"/> are, of security groups or of addresses; null for prefixes that stand for
    /// themselves. A host has one word of a group for all ports of a network: the last that it was told with any of them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? RemoteGroup { get; init; }
}

/// <summary>Names of a network's guests, whichever host they are on; a port that is here has the name it was plugged with.</summary>
/// <param name="All">There are no others; else what is known besides stays.</param>
public sealed record HostNames(NetworkId Network, bool All, IReadOnlyList<HostName> Ports);

/// <param name="Name">Without the network's domain; null for a port that has none any more.</param>
public sealed record HostName(PortId Port, string? Name, IReadOnlyList<string> Addresses);

public sealed record NetworkHoldings(IReadOnlyList<NetworkId> Networks, IReadOnlyList<HeldPort> Ports);

public sealed record HeldPort(PortId Id, NetworkId Network);
