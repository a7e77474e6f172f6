using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;

namespace Pipeline.Network.PrefixPools;

/// <summary>Takes a pool away of which no subnet has a prefix, whoever asks.</summary>
internal static class SubnetPoolRemoval
{
    /// <exception cref="Fault">BadRequest, as in Neutron, when it is in use; nothing was changed then.</exception>
    public static async ValueTask RemoveSubnetPoolAsync(this Tx tx, SubnetPoolRow pool)
    {
        await tx.LockSubnetPoolAsync(pool.Id);
        if ((await tx.ListCutAsync(pool.Id)).Count > 0)
            throw NeutronFault.Bad(
                "SubnetPoolDeleteError",
                "Unable to delete subnet pool: Subnet pool has existing allocations."
            );
        await tx.DeleteSubnetPoolAsync(pool.Id);
        await tx.DeleteTagsAsync(pool.Id.ToString());
        await Sharing.ForgetAsync(tx, pool.Id.ToString());
        await tx.ReleaseAsync(pool.ProjectId, Quota.SubnetPool, 1);
    }
}
