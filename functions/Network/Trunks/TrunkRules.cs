using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

/// <summary>Which ports may have a trunk, and be in one. A trunk and its ports are of one project.</summary>
internal static class TrunkRules
{
    /// <summary>Takes the networks of ports in the order in which all take them: none of the ports is bound, changed or deleted meanwhile.</summary>
    public static async ValueTask<IReadOnlyDictionary<NetworkId, NetworkRow>> LockNetworksOfAsync(
        this Tx tx,
        IEnumerable<PortId> ports
    )
    {
        var ids = await tx.InChunksAsync<NetworkId>(
            "SELECT DISTINCT network_id FROM ports WHERE id IN @ids",
            ports.Select(p => p.ToString())
        );
        var networks = new Dictionary<NetworkId, NetworkRow>();
        foreach (var id in ids.Distinct().OrderBy(n => n.Value))
            if (await tx.LockNetworkAsync(id) is { } network)
                networks.Add(id, network);
        return networks;
    }

    /// <exception cref="Fault">Conflict for a port that is in a trunk or has one.</exception>
    public static async ValueTask CheckNoTrunkAsync(this Tx tx, PortRow port)
    {
        if (port.TrunkId is { } trunk)
            throw NeutronFault.PortInUseAsSubport(port.Id, trunk);
        if (await tx.FindTrunkOfAsync(port.Id) is { } own)
            throw NeutronFault.PortInUseAsParent(port.Id, own.Id);
    }

    /// <exception cref="Fault">NotFound when the project has no such port; Conflict for one that is in use.</exception>
    public static async ValueTask CheckParentAsync(this Tx tx, TrunkRow trunk)
    {
        var port = await tx.FindPortOfAsync(trunk.ProjectId, trunk.PortId);
        await tx.CheckNoTrunkAsync(port);
        if (IsBound(port) || PortRow.IsTrusted(port.DeviceOwner))
            throw NeutronFault.ParentPortInUse(port.Id);
    }

    /// <returns>Its tag.</returns>
    /// <exception cref="Fault">NotFound when the project has no such port; Conflict for one that is in use, and for its tag.</exception>
    public static async ValueTask<int> CheckSubportAsync(
        this Tx tx,
        TrunkRow trunk,
        NewSubport asked,
        IReadOnlyDictionary<NetworkId, NetworkRow> networks,
        int parentMtu
    )
    {
        if (asked.Port == trunk.PortId)
            throw NeutronFault.ParentPortInUse(asked.Port);
        var port = await tx.FindPortOfAsync(trunk.ProjectId, asked.Port);
        var network = networks[port.NetworkId];
        if (network.Mtu > parentMtu)
            throw NeutronFault.SubportMtu(port.Id, network.Mtu, trunk.Id, parentMtu);
        var vlan = asked.VlanIn(network);
        await tx.CheckNoTrunkAsync(port);
        if (port.DeviceId.Length > 0 || IsBound(port) || PortRow.IsTrusted(port.DeviceOwner))
            throw NeutronFault.PortInUse(port);
        return vlan;
    }

    /// <summary>A host has it, or an operator has named one.</summary>
    public static bool IsBound(PortRow port) => port.HostId is not null || port.BindingHost.Length > 0;

    private static async ValueTask<PortRow> FindPortOfAsync(this Tx tx, ProjectId project, PortId id) =>
        await tx.FindPortAsync(id) is { } port && port.ProjectId == project
            ? port
            : throw NeutronFault.PortNotFound(id);
}
