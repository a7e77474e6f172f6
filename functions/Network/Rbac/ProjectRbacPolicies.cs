using Pipeline.Data;

namespace Pipeline.Network.Rbac;

/// <summary>A project's policies, for its emptying: those of its own things go with these, those of others' things here.</summary>
internal sealed class ProjectRbacPolicies()
    : HeldRows("rbac-policy", PurgeStage.Networks, "rbac_policies", name: "object_type")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!RbacPolicyId.TryParse(id, out var known) || await tx.FindPolicyAsync(known) is not { } found)
            return false;
        await Sharing.RemoveAsync(tx, found);
        return true;
    }
}
