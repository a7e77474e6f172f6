using Pipeline.Data;

namespace Pipeline.Network.PrefixPools;

/// <summary>A project's subnet pools, for its emptying; one from which other projects have subnets is in their way.</summary>
internal sealed class ProjectSubnetPools() : HeldRows("subnet-pool", PurgeStage.Subnets, "subnet_pools")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!SubnetPoolId.TryParse(id, out var known) || await tx.FindSubnetPoolAsync(known) is not { } found)
            return false;
        await tx.RemoveSubnetPoolAsync(found);
        return true;
    }
}
