using Pipeline.Data;

namespace Pipeline.Network.Networks;

/// <summary>A project's networks, for its emptying; one that has other projects' ports is in their way.</summary>
internal sealed class ProjectNetworks(NetworkRemoval removal)
    : HeldRows("network", PurgeStage.Networks, "networks", "deleted_at IS NULL")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!NetworkId.TryParse(id, out var known) || await tx.FindNetworkAsync(known) is not { } found)
            return false;
        await removal.RemoveAsync(tx, found, cause.RequestId);
        return true;
    }
}
