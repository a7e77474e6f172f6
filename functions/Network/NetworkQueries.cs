using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Rbac;
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
        var visible =
            network is not null && (network.ProjectId == viewer || await tx.IsSeenAsync(viewer, id.ToString()));
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
            return group.ProjectId == project || await tx.IsSharedAsync(project, nameOrId) ? id : null;
        var named = await tx.ListGroupsNamedAsync(project, nameOrId);
        if (named.Count > 1)
            throw Fault.Conflict(
                $"Multiple security groups found matching '{nameOrId}'. Use an ID to be more specific."
            );
        if (named.Count == 1)
            return named[0].Id;
        return nameOrId == SecurityGroupRow.DefaultName ? await defaults.EnsureAsync(tx, project) : null;
    }

    public ValueTask<IReadOnlyDictionary<ServerId, IReadOnlyList<ServerPort>>> ListServerPortsAsync(
        Tx tx,
        IReadOnlyCollection<ServerId> servers
    ) => ServerPortStore.ListAsync(tx, servers);

    public async ValueTask<IReadOnlyList<HeldPort>> ListHeldPortsAsync(Tx tx, ServerId server) =>
        [
            .. (await tx.ListServerPortsAsync(server))
                .Where(p => p.DeletedAt is null)
                .Select(p => new HeldPort(p.Id, p.NetworkId)),
        ];

    private static async ValueTask<IReadOnlyList<NetworkFacts>> FactsAsync(Tx tx, IReadOnlyList<NetworkRow> networks)
    {
        var subnets = await tx.ListSubnetIdsAsync(networks.Select(n => n.Id.ToString()));
        var filled = subnets.Select(s => s.NetworkId).ToHashSet();
        return [.. networks.Select(n => new NetworkFacts(n.Id, n.Name, filled.Contains(n.Id), n.AdminStateUp))];
    }
}
