using Pipeline.Data;
using Pipeline.Network.Rbac;

namespace Pipeline.Network.Networks;

/// <summary>Makes policies of what a network's own attributes say: shared with all, external for all.</summary>
internal static class NetworkSharing
{
    /// <param name="before">Null for a new network.</param>
    /// <exception cref="Fault">Conflict when others use what they would not see any more.</exception>
    public static async ValueTask ShareAsync(this Sharing sharing, Tx tx, NetworkRow? before, NetworkRow after)
    {
        var (owner, id) = (after.ProjectId, after.Id.ToString());
        if (after.Shared != (before?.Shared ?? false))
        {
            if (!after.Shared && await tx.FindPolicyAsync(id, RbacPolicyRow.Shared, RbacPolicyRow.Everyone) is { } open)
                await tx.CheckUnusedAsync(open);
            await sharing.SetAsync(tx, owner, NetworkRow.Type, id, RbacPolicyRow.Shared, after.Shared);
        }
        if (after.External == (before?.External ?? false))
            return;
        if (after.External)
            await sharing.SetAsync(tx, owner, NetworkRow.Type, id, RbacPolicyRow.External, on: true);
        else if (await tx.HasGatewaysAsync(id))
            throw Fault.Conflict(
                $"External network {id} cannot be updated to be made non-external, since it has existing gateway ports.",
                "ExternalNetworkInUse"
            );
        else
            foreach (var policy in await tx.ListPoliciesOfAsync(id))
                if (policy.Action == RbacPolicyRow.External)
                    await Sharing.RemoveAsync(tx, policy);
    }
}
