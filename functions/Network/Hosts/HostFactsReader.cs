using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Network.AddressGroups;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;
using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.Subnets;
using Pipeline.Network.Trunks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Hosts;

/// <summary>Reads what hosts are to be told of ports; a handful of queries, however many ports.</summary>
internal static class HostFactsReader
{
    /// <param name="host">The host that is told, and has the ports.</param>
    /// <returns>The ports in the order given, and their networks.</returns>
    public static async ValueTask<(IReadOnlyList<HostNetwork> Networks, IReadOnlyList<HostPort> Ports)> LowerAsync(
        this Tx tx,
        IReadOnlyList<PortRow> ports,
        string cloud,
        HostId host
    )
    {
        var facts = await tx.FactsAsync(ports);
        return (
            [.. facts.Networks.Values.OrderBy(n => n.Id.Value).Select(n => Lowering.Network(n, facts, cloud, host))],
            [.. ports.Select(p => Lowering.Port(p, facts, cloud))]
        );
    }

    private static async ValueTask<HostFacts> FactsAsync(this Tx tx, IReadOnlyList<PortRow> ports)
    {
        var networks = await tx.ListNetworksAsync(ports.Select(p => p.NetworkId).Distinct());
        var subnets = await tx.ListSubnetsAsync(networks.Select(n => n.Id));
        var policies = PoliciesOf(ports, networks);
        var dhcp = networks.Where(n => n.DhcpPortId is not null).Select(n => n.DhcpPortId!.Value);
        var addresses = await tx.ListAllocationsAsync(ports.Select(p => p.Id).Concat(dhcp).Select(p => p.ToString()));
        var groups = await tx.ListGroupsAsync(ports.Select(p => p.Id.ToString()));
        var rules = await tx.ListRulesOfAsync(groups.Select(g => g.SecurityGroupId.ToString()).Distinct());
        return new(
            networks.ToDictionary(n => n.Id),
            subnets.ToLookup(s => s.NetworkId),
            addresses.ToLookup(a => a.PortId),
            groups.ToLookup(g => g.PortId, g => g.SecurityGroupId),
            rules.ToLookup(r => r.SecurityGroupId),
            await tx.MembersAsync(rules),
            (await tx.ListPlacesAsync(networks.Select(n => n.Id))).ToLookup(p => p.NetworkId)
        )
        {
            Stateless = groups.Where(g => !g.Stateful).Select(g => g.PortId).ToHashSet(),
            Parents = await tx.ListParentsAsync(ports.Select(p => p.TrunkId).OfType<TrunkId>().Distinct()),
            Limits = await tx.ListBandwidthLimitsAsync(policies.Select(p => p.ToString())),
            Addressed = await tx.ListAddressesAsync(
                rules.Select(r => r.RemoteAddressGroupId?.ToString()).OfType<string>().Distinct()
            ),
        };
    }

    private static List<QosPolicyId> PoliciesOf(IReadOnlyList<PortRow> ports, IReadOnlyList<NetworkRow> networks) =>
        [
            .. ports
                .Join(networks, p => p.NetworkId, n => n.Id, PortLimits.PolicyOf)
                .OfType<QosPolicyId>()
                .Distinct()
                .OrderBy(p => p.Value),
        ];

    private static async ValueTask<IReadOnlyDictionary<SecurityGroupId, IReadOnlyList<string>>> MembersAsync(
        this Tx tx,
        IReadOnlyList<SecurityGroupRuleRow> rules
    )
    {
        var groups = rules.Where(r => r.RemoteGroupId is not null).Select(r => r.RemoteGroupId.ToString()!).Distinct();
        var members = await tx.InChunksAsync<MemberRow>(
            """
            SELECT g.security_group_id, a.address FROM port_security_groups g
            JOIN ip_allocations a ON a.port_id = g.port_id
            WHERE g.security_group_id IN @ids
            """,
            groups
        );
        var paired = await tx.InChunksAsync<PairedRow>(
            """
            SELECT g.security_group_id, p.mac_address, p.address_pairs FROM port_security_groups g
            JOIN ports p ON p.id = g.port_id
            WHERE g.security_group_id IN @ids AND p.address_pairs <> '' ORDER BY g.security_group_id, p.id
            """,
            groups
        );
        var pairs = paired.ToLookup(p => p.SecurityGroupId, p => AddressPairs.Of(p.Port).Select(pair => pair.Prefix));
        return members
            .GroupBy(m => m.SecurityGroupId)
            .ToDictionary(
                g => g.Key,
                g =>
                    (IReadOnlyList<string>)
                        [
                            .. Prefixes.Of(g.Select(m => IpAddress.OfStored(m.Address))),
                            .. pairs[g.Key].SelectMany(p => p),
                        ]
            );
    }

    /// <summary>A member that sends from more than its own addresses.</summary>
    private sealed record PairedRow
    {
        public SecurityGroupId SecurityGroupId { get; init; }
        public string MacAddress { get; init; } = "";
        public string AddressPairs { get; init; } = "";

        public PortRow Port => new() { MacAddress = MacAddress, AddressPairs = AddressPairs };
    }

    private sealed record MemberRow
    {
        public SecurityGroupId SecurityGroupId { get; init; }
        public string Address { get; init; } = "";
    }
}
