using Pipeline.Data;
using Pipeline.Network.Quotas;

namespace Pipeline.Network.Rbac;

/// <summary>Keeps the policies that stand for a thing's own `shared` and `router:external`, and ends all with the thing.</summary>
internal sealed class Sharing(Randomness randomness)
{
    /// <summary>All projects see the thing, or no longer by this policy.</summary>
    public async ValueTask SetAsync(Tx tx, ProjectId owner, string type, string id, string action, bool on)
    {
        var known = await tx.FindPolicyAsync(id, action, RbacPolicyRow.Everyone);
        if (on == known is not null)
            return;
        if (known is not null)
        {
            await RemoveAsync(tx, known);
            return;
        }
        var policy = new RbacPolicyRow
        {
            Id = new(randomness.NewGuid()),
            ProjectId = owner,
            ObjectType = type,
            ObjectId = id,
            Action = action,
            TargetTenant = RbacPolicyRow.Everyone,
        };
        await tx.AddPolicyAsync(policy);
        await tx.CountAsync(owner, Quota.RbacPolicy, 1);
    }

    /// <summary>The thing goes, and with it all that was said of it.</summary>
    public static async ValueTask ForgetAsync(Tx tx, string id)
    {
        foreach (var policy in await tx.ListPoliciesOfAsync(id))
            await RemoveAsync(tx, policy);
    }

    public static async ValueTask RemoveAsync(Tx tx, RbacPolicyRow policy)
    {
        await tx.DeletePolicyAsync(policy.Id);
        await tx.ReleaseAsync(policy.ProjectId, Quota.RbacPolicy, 1);
    }
}
