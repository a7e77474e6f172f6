using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;

namespace Pipeline.Network.Qos;

/// <summary>Takes a policy away that nothing is limited by, whoever asks.</summary>
internal static class QosPolicyRemoval
{
    /// <exception cref="Fault">Conflict naming what uses it; nothing was changed then.</exception>
    public static async ValueTask RemoveQosPolicyAsync(this Tx tx, QosPolicyId id)
    {
        await tx.LockQosPolicyAsync(id);
        if (await tx.FindUserOfQosPolicyAsync(id) is { } user)
            throw Fault.Conflict($"QoS Policy {id} is used by {user.Kind} {user.Id}.", "QosPolicyInUse");
        await tx.DeleteQosPolicyAsync(id);
        await tx.DeleteTagsAsync(id.ToString());
        await Sharing.ForgetAsync(tx, id.ToString());
    }
}
