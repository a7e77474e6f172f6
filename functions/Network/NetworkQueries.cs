using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;

namespace Pipeline.Network;

/// <summary>What other services may ask of networks, in their own snapshot.</summary>
internal sealed class NetworkQueries(DefaultSecurityGroups defaults) : INetworks
{
    public async ValueTask<NetworkFacts?> FindAsync(Tx tx, ProjectId viewer, NetworkId id)
    {
        var network = await tx.FindNetworkAsync(id);
        var visible = network is not null && (network.ProjectId == viewer || network.Shared || network.External);
        return visible ? (await FactsAsync(tx, [network!]))[0] : null;
    }

    public async ValueTask<IReadOnlyList<NetworkFacts>> ListOwnAsync(Tx tx, ProjectId project) =>
        await FactsAsync(tx, await tx.ListOwnNetworksAsync(project));

    public async ValueTask<PortFacts?> FindPortAsync(Tx tx, ProjectId project, PortId id) =>
        await tx.FindPortAsync(id) is { } port && port.ProjectId == project
            ? new(port.Id, port.NetworkId, port.DeviceId)
            : null;

    public async ValueTask<SecurityGroupId?> FindSecurityGroupAsync(Tx tx, ProjectId project, string nameOrId)
    {
        if (SecurityGroupId.TryParse(nameOrId, out var id) && await tx.FindGroupAsync(id) is { } group)
            return group.ProjectId == project ? id : null;
        var named = await tx.ListGroupsNamedAsync(project, nameOrId);
        if (named.Count > 1)
            throw Fault.Conflict(
                $"Multiple security groups found matching '{nameOrId}'. Use an ID to be more specific."
            );
        if (named.Count == 1)
            return named[0].Id;
        return nameOrId == SecurityGroupRow.DefaultName ? await defaults.EnsureAsync(tx, project) : null;
    }

    public async ValueTask<IReadOnlyDictionary<ServerId, IReadOnlyList<ServerPort>>> ListServerPortsAsync(
        Tx tx,
        IReadOnlyCollection<ServerId> servers
    )
    {
        var rows = await tx.InChunksAsync<ServerPortRow>(
            """
            SELECT p.id, p.server_id, p.network_id, n.name AS network_name, p.mac_address, p.status
            FROM ports p JOIN networks n ON n.id = p.network_id
            WHERE p.server_id IN @ids AND p.deleted_at IS NULL ORDER BY p.server_id, p.attachment
            """,
            servers.Select(s => s.ToString())
        );
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var addresses = (await tx.ListAllocationsAsync(ids)).ToLookup(a => a.PortId);
        var groups = (await ListGroupNamesAsync(tx, ids)).ToLookup(g => g.PortId, g => g.Name);
        return rows.GroupBy(r => r.ServerId)
            .ToDictionary(
                g => g.Key,
                g => (IReadOnlyList<ServerPort>)[.. g.Select(r => View(r, addresses[r.Id], groups[r.Id]))]
            );
    }

    private static ServerPort View(
        ServerPortRow row,
        IEnumerable<AllocationRow> addresses,
        IEnumerable<string> groups
    ) =>
        new(
            row.Id,
            row.NetworkId,
            row.NetworkName,
            row.MacAddress,
            [.. addresses.Select(a => new HostAddress(a.SubnetId, a.Ip))],
            [.. groups],
            row.Status
        );

    private static ValueTask<IReadOnlyList<GroupNameRow>> ListGroupNamesAsync(Tx tx, IEnumerable<string> ports) =>
        tx.InChunksAsync<GroupNameRow>(
            """
            SELECT g.port_id, s.name FROM port_security_groups g JOIN security_groups s ON s.id = g.security_group_id
            WHERE g.port_id IN @ids ORDER BY g.port_id, s.name
            """,
            ports
        );

    private static async ValueTask<IReadOnlyList<NetworkFacts>> FactsAsync(Tx tx, IReadOnlyList<NetworkRow> networks)
    {
        var subnets = await tx.ListSubnetIdsAsync(networks.Select(n => n.Id.ToString()));
        var filled = subnets.Select(s => s.NetworkId).ToHashSet();
        return [.. networks.Select(n => new NetworkFacts(n.Id, n.Name, filled.Contains(n.Id), n.AdminStateUp))];
    }

    private sealed record ServerPortRow
    {
        public PortId Id { get; init; }
        public ServerId ServerId { get; init; }
        public NetworkId NetworkId { get; init; }
        public string NetworkName { get; init; } = "";
        public string MacAddress { get; init; } = "";
        public string Status { get; init; } = "";
    }

    private sealed record GroupNameRow
    {
        public PortId PortId { get; init; }
        public string Name { get; init; } = "";
    }
}
