using Pipeline.Data;

namespace Pipeline.Network.Qos;

/// <summary>A project's QoS policies, for its emptying; one that limits other projects' things is in their way.</summary>
internal sealed class ProjectQosPolicies() : HeldRows("qos-policy", PurgeStage.Networks, "qos_policies")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!QosPolicyId.TryParse(id, out var known) || await tx.FindQosPolicyAsync(known) is not { } found)
            return false;
        await tx.RemoveQosPolicyAsync(found.Id);
        return true;
    }
}
