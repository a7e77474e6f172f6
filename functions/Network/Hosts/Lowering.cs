using Pipeline.Contracts.Drivers;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Hosts;

/// <summary>What lowering looks at, read in one snapshot.</summary>
/// <param name="Addresses">Of the ports and of their networks' DHCP ports.</param>
/// <param name="Members">The addresses of remote groups' members, as prefixes.</param>
/// <param name="Places">The hosts that tunnelled networks are on.</param>
internal sealed record HostFacts(
    IReadOnlyDictionary<NetworkId, NetworkRow> Networks,
    ILookup<NetworkId, SubnetRow> Subnets,
    ILookup<PortId, AllocationRow> Addresses,
    ILookup<PortId, SecurityGroupId> Groups,
    ILookup<SecurityGroupId, SecurityGroupRuleRow> Rules,
    IReadOnlyDictionary<SecurityGroupId, IReadOnlyList<string>> Members,
    ILookup<NetworkId, PlaceRow> Places
)
{
    /// <summary>The prefixes of address groups.</summary>
    public ILookup<AddressGroupId, string> Addressed { get; init; } =
        Array.Empty<string>().ToLookup(_ => default(AddressGroupId));

    /// <summary>Ports whose groups remember no connections.</summary>
    public IReadOnlySet<PortId> Stateless { get; init; } = new HashSet<PortId>();

    /// <summary>The ports by which trunks are had.</summary>
    public IReadOnlyDictionary<TrunkId, PortId> Parents { get; init; } = new Dictionary<TrunkId, PortId>();

    /// <summary>What policies limit.</summary>
    public ILookup<QosPolicyId, BandwidthLimitRow> Limits { get; init; } =
        Array.Empty<BandwidthLimitRow>().ToLookup(r => r.QosPolicyId);
}

/// <summary>
/// Makes of networks, ports and groups what a host's driver is told: names become numbers, remote groups the addresses
/// of their members. Pure.
/// </summary>
internal static class Lowering
{
    /// <param name="host">The host that is told.</param>
    public static HostNetwork Network(NetworkRow network, HostFacts facts, string cloud, HostId? host) =>
        new(
            network.Id,
            cloud,
            network.NetworkType,
            network.SegmentationId ?? 0,
            network.Mtu,
            [.. facts.Subnets[network.Id].Select(s => Subnet(network, s, facts))]
        )
        {
            Peers = [.. facts.Places[network.Id].Where(p => p.HostId != host).Select(p => p.Underlay)],
            PhysicalNetwork = network.PhysicalNetwork,
            Domain = DnsDomains.Told(network),
        };

    public static HostPort Port(PortRow port, HostFacts facts, string cloud)
    {
        var network = facts.Networks[port.NetworkId];
        var addresses = facts.Addresses[port.Id].ToList();
        var secured = port.PortSecurityEnabled && !port.IsRouters;
        var policy = PortLimits.PolicyOf(port, network);
        return new(
            port.Id,
            port.NetworkId,
            cloud,
            port.MacAddress,
            [.. addresses.Select(a => new HostAddress(a.SubnetId, a.Ip))],
            DnsNames.Of(port, addresses.FirstOrDefault()?.Ip),
            network.Mtu,
            port.AdminStateUp && network.AdminStateUp,
            secured,
            secured ? Rules(facts.Groups[port.Id], facts) : []
        )
        {
            AllowedPairs = PortExtras.Pairs(port),
            DhcpOptions = PortExtras.Options(port),
            Routed = port.IsRouters,
            Stateless = secured && facts.Stateless.Contains(port.Id),
            IngressLimit = PortLimits.Of(policy, BandwidthLimitRow.Ingress, facts.Limits),
            EgressLimit = PortLimits.Of(policy, BandwidthLimitRow.Egress, facts.Limits),
            Tag = port is { TrunkId: { } trunk, SegmentationId: { } vlan } ? new(facts.Parents[trunk], vlan) : null,
        };
    }

    /// <summary>All that the groups allow, each thing once, in an order that does not vary.</summary>
    public static IReadOnlyList<PortRule> Rules(IEnumerable<SecurityGroupId> groups, HostFacts facts) =>
        [
            .. groups
                .SelectMany(g => facts.Rules[g])
                .DistinctBy(r => r.Meaning)
                .OrderBy(r => r.Meaning, StringComparer.Ordinal)
                .Select(r => Rule(r, facts))
                .OfType<PortRule>(),
        ];

    /// <summary>Null for a rule that allows nobody: its remote group has no member of that version, or its addresses are none.</summary>
    private static PortRule? Rule(SecurityGroupRuleRow rule, HostFacts facts)
    {
        var remote =
            rule.RemoteGroupId is { } group ? MembersOf(group, rule.Ethertype, facts)
            : rule.RemoteAddressGroupId is { } addresses ? AddressesOf(addresses, rule.Ethertype, facts)
            : PrefixOf(rule);
        if (remote is { Count: 0 })
            return null;
        return new(
            rule.Direction == "ingress" ? RuleDirection.Ingress : RuleDirection.Egress,
            rule.Ethertype == "IPv6" ? 6 : 4,
            Protocols.NumberOf(rule.Protocol),
            rule.PortRangeMin,
            rule.PortRangeMax,
            remote
        )
        {
            RemoteGroup = remote is null ? null : rule.RemoteGroupId?.Value ?? rule.RemoteAddressGroupId?.Value,
        };
    }

    private static IReadOnlyList<string> MembersOf(SecurityGroupId group, string etherType, HostFacts facts) =>
        facts.Members.TryGetValue(group, out var members) ? [.. members.Where(m => IsOf(m, etherType))] : [];

    /// <summary>Null where all addresses of the version are among them.</summary>
    private static string[]? AddressesOf(AddressGroupId group, string etherType, HostFacts facts)
    {
        var addresses = facts.Addressed[group].Where(address => IsOf(address, etherType)).ToArray();
        return addresses.Contains("0.0.0.0/0") || addresses.Contains("::/0") ? null : addresses;
    }

    private static bool IsOf(string prefix, string etherType) => prefix.Contains(':') == (etherType == "IPv6");

    private static string[]? PrefixOf(SecurityGroupRuleRow rule) =>
        rule.NormalizedCidr is null or "0.0.0.0/0" or "::/0" ? null : [rule.NormalizedCidr];

    private static HostSubnet Subnet(NetworkRow network, SubnetRow subnet, HostFacts facts)
    {
        var served = subnet.EnableDhcp && network.DhcpPortId is not null;
        var dhcp = served
            ? facts.Addresses[network.DhcpPortId!.Value].FirstOrDefault(a => a.SubnetId == subnet.Id)
            : null;
        return new(
            subnet.Id,
            subnet.Cidr,
            subnet.GatewayIp,
            dhcp?.Ip,
            subnet.Nameservers,
            [.. subnet.Routes.Select(r => new HostRoute(r.Destination, r.NextHop))]
        )
        {
            Ipv6RaMode = subnet.Ipv6RaMode,
            Ipv6AddressMode = subnet.Ipv6AddressMode,
        };
    }
}
