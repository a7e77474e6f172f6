using Pipeline.Data;

namespace Pipeline.Network.Subnets;

/// <summary>A project's subnets, for its emptying, on others' networks too.</summary>
internal sealed class ProjectSubnets(SubnetRemoval removal) : HeldRows("subnet", PurgeStage.Subnets, "subnets")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!SubnetId.TryParse(id, out var known) || await tx.FindSubnetAsync(known) is not { } found)
            return false;
        await removal.RemoveAsync(tx, found);
        return true;
    }
}
