using Pipeline.Data;

namespace Pipeline.Network.FloatingIps;

/// <summary>A project's floating addresses, for its emptying.</summary>
internal sealed class ProjectFloatingIps(FloatingIpBook book)
    : HeldRows("floatingip", PurgeStage.Routers, "floating_ips", "deleted_at IS NULL", "floating_ip_address")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!FloatingIpId.TryParse(id, out var known) || await tx.LockFloatingIpAsync(known) is not { } found)
            return false;
        await book.RemoveAsync(tx, found);
        return true;
    }
}
