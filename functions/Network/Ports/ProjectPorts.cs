using Pipeline.Data;

namespace Pipeline.Network.Ports;

/// <summary>A project's ports, for its emptying; those of DHCP servers go with their networks.</summary>
internal sealed class ProjectPorts(PortRemoval removal)
    : HeldRows("port", PurgeStage.Ports, "ports", "deleted_at IS NULL AND device_owner <> 'network:dhcp'")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!PortId.TryParse(id, out var known) || await tx.FindPortAsync(known) is not { } found)
            return false;
        await removal.RemoveAsync(tx, found, cause.RequestId);
        return true;
    }
}
