using Pipeline.Data;

namespace Pipeline.Network.Trunks;

/// <summary>A project's trunks, for its emptying: after the servers that have them, before the ports that are in them.</summary>
internal sealed class ProjectTrunks() : HeldRows("trunk", PurgeStage.Routers, "trunks")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!TrunkId.TryParse(id, out var known) || await tx.LockTrunkAsync(known) is not { } found)
            return false;
        await tx.RemoveTrunkAsync(found);
        return true;
    }
}
