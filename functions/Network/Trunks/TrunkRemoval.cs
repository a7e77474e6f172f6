using Pipeline.Data;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Trunks;

/// <summary>Takes a trunk away, whoever asks; its ports stay, each for itself.</summary>
internal static class TrunkRemoval
{
    /// <summary>The caller holds the trunk.</summary>
    /// <exception cref="Fault">Conflict while a guest has the parent: nothing was changed then.</exception>
    public static async ValueTask RemoveTrunkAsync(this Tx tx, TrunkRow trunk)
    {
        var seen = (await tx.ListSubportsOfAsync([trunk.PortId])).Select(s => s.Id);
        await tx.LockNetworksOfAsync([trunk.PortId, .. seen]);
        if (await tx.FindPortAsync(trunk.PortId) is { } parent && TrunkRules.IsBound(parent))
            throw NeutronFault.TrunkInUse(trunk.Id);
        foreach (var subport in await tx.ListSubportsOfAsync([trunk.PortId]))
            await tx.LeaveTrunkAsync(subport.Id);
        await tx.DeleteTrunkAsync(trunk.Id);
        await tx.DeleteTagsAsync(trunk.Id.ToString());
        await tx.ReleaseAsync(trunk.ProjectId, Quota.Trunk, 1);
    }
}
