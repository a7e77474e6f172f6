using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Quotas;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Ports;

/// <summary>Adds ports to networks and takes them away, whoever asks: a tenant, a server's build, the cloud itself.</summary>
internal sealed class PortBook(
    DefaultSecurityGroups defaults,
    HostRefreshes refreshes,
    PortRemovals removals,
    FloatingLinks floating,
    Randomness randomness
)
{
    /// <summary>Adds a port. The caller has claimed its quota and holds the network.</summary>
    /// <exception cref="Fault">Conflict when an address or the MAC is taken or none is left; NotFound for a group.</exception>
    public async ValueTask<PortRow> AddAsync(Tx tx, NetworkRow network, NewPort order)
    {
        var trusted = PortRow.IsTrusted(order.Row.DeviceOwner);
        var secured = !trusted && (order.Secured ?? network.PortSecurityEnabled);
        AddressPairs.Check(order.Row.AddressPairs, secured);
        var groups = await GroupsOfAsync(tx, order, secured);
        var row = order.Row with
        {
            Id = new(randomness.NewGuid()),
            PortSecurityEnabled = secured,
            MacAddress = order.Mac ?? await tx.NewMacAsync(network.Id, randomness),
        };
        if (order.Mac is { } mac && await tx.HasMacAsync(network.Id, mac))
            throw NeutronFault.MacInUse(network.Id, mac);
        await tx.AddPortAsync(row);
        await tx.AddGroupsAsync(row.Id, groups);
        foreach (var tag in order.Tags)
            await tx.AddTagAsync(row.Id.ToString(), tag);
        await tx.GiveAsync(network, row, order.FixedIps);
        await refreshes.MembersChangedAsync(tx, groups);
        if (row.IsNamed)
            await refreshes.NamesChangedAsync(tx, network.Id, [row.Id]);
        return row;
    }

    /// <summary>
    /// Takes a port away. One that a host has is hidden at once, and keeps its addresses and MAC until the host has let
    /// go of it; one that is just being plugged is taken off when that is done.
    /// </summary>
    /// <param name="cause">The request that asks for it, for the name of the orchestration.</param>
    public async ValueTask RemoveAsync(Tx tx, PortRow port, string cause)
    {
        if (port.HostId is null)
        {
            await DropAsync(tx, port);
            return;
        }
        await BuryAsync(tx, port);
        if (port.Status == PortRow.Active)
            await removals.StartAsync(tx, port, cause);
    }

    /// <summary>Hides a port; whoever has it gives it back to <see cref="FreeAsync"/>.</summary>
    public async ValueTask BuryAsync(Tx tx, PortRow port)
    {
        await ForgetAsync(tx, port);
        await tx.BuryPortAsync(port.Id);
    }

    /// <summary>Takes a port away that no host has, or has any more.</summary>
    public async ValueTask DropAsync(Tx tx, PortRow port)
    {
        await ForgetAsync(tx, port);
        await FreeAsync(tx, port);
    }

    private async ValueTask ForgetAsync(Tx tx, PortRow port)
    {
        var groups = (await tx.ListGroupsAsync([port.Id.ToString()])).Select(g => g.SecurityGroupId).ToList();
        await floating.CutAsync(tx, port.Id);
        await tx.SetGroupsAsync(port.Id, []);
        await tx.DeleteTagsAsync(port.Id.ToString());
        await tx.ReleaseAsync(port.ProjectId, Quota.Port, 1);
        await refreshes.MembersChangedAsync(tx, groups);
        if (port.IsNamed)
            await refreshes.NamesChangedAsync(tx, port.NetworkId, [port.Id], but: port.HostId);
    }

    /// <summary>Gives a port's addresses back and removes its row: nothing on any host stands for it any more.</summary>
    public static async ValueTask FreeAsync(Tx tx, PortRow port)
    {
        foreach (var address in await tx.ListAllocationsAsync([port.Id.ToString()]))
            await tx.GiveBackAsync(address);
        await tx.PurgePortAsync(port);
    }

    /// <summary>The groups of a new port: those named, else the project's default one; none where it is not filtered.</summary>
    private async ValueTask<IReadOnlyList<SecurityGroupId>> GroupsOfAsync(Tx tx, NewPort order, bool secured)
    {
        if (order.Groups is not { } named)
            return secured ? [await defaults.EnsureAsync(tx, order.Row.ProjectId)] : [];
        PortGroups.Check(named, secured);
        await tx.HoldGroupsAsync(named); // before they are looked at: a group that is gone by then is not named
        await tx.CheckGroupsAsync(order.Row.ProjectId, named);
        await tx.CheckOneKindAsync(named);
        return named;
    }
}
