using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Mechanisms;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;

namespace Pipeline.Network.Trunks;

/// <summary>Puts ports into trunks and takes them out, also of guests that run: they are bound where the parent is, and go with it.</summary>
internal sealed class Subports(MechanismDrivers mechanisms, HostRefreshes refreshes, PortRemovals removals)
{
    /// <summary>The caller holds the trunk.</summary>
    /// <exception cref="Fault">What <see cref="TrunkRules"/> refuse; Conflict for a tag that is taken, and where the parent's host cannot carry it.</exception>
    public async ValueTask AddAsync(Tx tx, TrunkRow trunk, IReadOnlyList<NewSubport> asked)
    {
        var networks = await tx.LockNetworksOfAsync([trunk.PortId, .. asked.Select(a => a.Port)]);
        var parent = await tx.FindPortAsync(trunk.PortId) ?? throw NeutronFault.TrunkNotFound(trunk.Id);
        var taken = (await tx.ListSubportsOfAsync([parent.Id])).Select(s => s.SegmentationId).ToHashSet();
        foreach (var subport in asked)
        {
            var vlan = await tx.CheckSubportAsync(trunk, subport, networks, networks[parent.NetworkId].Mtu);
            if (!taken.Add(vlan))
                throw NeutronFault.DuplicateSubport(vlan, trunk.Id);
            await tx.JoinTrunkAsync(subport.Port, trunk.Id, vlan);
        }
        await PlugAsync(tx, [parent.Id]);
    }

    /// <summary>The caller holds the trunk. A port that a host has is free when the host has let go of it.</summary>
    /// <param name="cause">The request that asks for it.</param>
    /// <exception cref="Fault">NotFound for what is not in the trunk.</exception>
    public async ValueTask RemoveAsync(Tx tx, TrunkRow trunk, IReadOnlyList<PortId> ports, string cause)
    {
        await tx.LockNetworksOfAsync([trunk.PortId, .. ports]);
        var parent = await tx.FindPortAsync(trunk.PortId);
        foreach (var id in ports)
        {
            if (await tx.FindPortAsync(id) is not { } port || port.TrunkId != trunk.Id)
                throw NeutronFault.SubportNotFound(trunk.Id, id);
            await tx.LeaveTrunkAsync(id);
            // What comes with its server is taken off when that has come, or frees itself when it does not.
            if (port.HostId is null || parent is not { Status: PortRow.Active })
                continue;
            await tx.LetGoAsync(id);
            await removals.StartAsync(tx, port, cause);
        }
    }

    /// <summary>Binds what is in the trunks of running parents and on no host, and has their hosts make it.</summary>
    public async ValueTask PlugAsync(Tx tx, IReadOnlyList<PortId> parents)
    {
        var waiting = (await tx.ListSubportsOfAsync(parents)).Where(s => s.HostId is null).ToList();
        if (waiting.Count == 0)
            return;
        var networks = await tx.LockNetworksOfAsync(waiting.Select(w => w.Id));
        await tx.HoldQosPoliciesAsync(
            waiting.Select(w => w.QosPolicyId).Concat(networks.Values.Select(n => n.QosPolicyId))
        );
        await tx.HoldGroupsAsync(
            (await tx.ListGroupsAsync(waiting.Select(w => w.Id.ToString()))).Select(g => g.SecurityGroupId)
        );
        var byTrunk = waiting.ToLookup(w => w.TrunkId!.Value);
        foreach (var (trunk, id) in await tx.ListParentsAsync(byTrunk.Select(t => t.Key)))
            if (await tx.FindPortAsync(id) is { Status: PortRow.Active, HostId: { } host } parent)
                await BindAsync(tx, parent, host, [.. byTrunk[trunk]], networks);
    }

    /// <summary>A host has made what it was told to. What was changed meanwhile it is told now.</summary>
    public async ValueTask PluggedAsync(Tx tx, HostId host, IReadOnlyList<PortId> ports)
    {
        var plugged = new List<PortRow>();
        foreach (var id in ports)
            if (await tx.FindPortAsync(id) is { Status: PortRow.Build, TrunkId: not null } port && port.HostId == host)
                plugged.Add(port);
        await refreshes.NamesWantedAsync(tx, host, plugged.Select(p => p.NetworkId));
        foreach (var port in plugged)
            await tx.ActivateAsync(port.Id);
        var changed = plugged.Where(p => p.StaleVersion > 0);
        foreach (var port in changed)
            await refreshes.PortChangedAsync(tx, port with { Status = PortRow.Active });
    }

    /// <summary>A port that its guest has by a trunk, as it is where the parent is.</summary>
    public static PortRow Bound(PortRow port, PortRow parent) =>
        port with
        {
            BindingHost = parent.BindingHost,
            ServerId = parent.ServerId,
            HostId = parent.HostId,
            GuestName = "",
            Attachment = 0,
        };

    private async ValueTask BindAsync(
        Tx tx,
        PortRow parent,
        HostId id,
        IReadOnlyList<PortRow> ports,
        IReadOnlyDictionary<NetworkId, NetworkRow> networks
    )
    {
        List<NetworkId> arriving = [];
        foreach (var network in ports.Select(p => p.NetworkId).Distinct())
            if (!await tx.IsPlacedAsync(network, id))
                arriving.Add(network);
        var host = await tx.FindNetworkHostAsync(id) ?? new();
        foreach (var port in ports)
            await tx.BindAsync(Bound(mechanisms.Bound(port, networks[port.NetworkId], host), parent));
        foreach (var network in arriving)
            await refreshes.PlacesChangedAsync(tx, network, id);
        await refreshes.PortsAddedAsync(tx, id);
    }
}
