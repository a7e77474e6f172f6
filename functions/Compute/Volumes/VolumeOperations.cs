using Pipeline.Compute.Servers;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Volumes;

/// <summary>What attaching and detaching do alike.</summary>
internal sealed class VolumeOperations(DurableTaskClient durable)
{
    /// <summary>The server, on which nobody else decides until this transaction ends.</summary>
    /// <exception cref="Fault">NotFound; Conflict when it is locked, or in a state in which its volumes stay as they are.</exception>
    public static async ValueTask<(Server Server, HostId Host)> LockAsync(
        Tx tx,
        ServerId id,
        Caller caller,
        string action
    )
    {
        await tx.LockServerHostAsync(id);
        var server = await ServerOperations.FindUnlockedAsync(tx, id, caller);
        return server is { TaskState: null, VmState: "active" or "stopped", HostId: { } host }
            ? (server, host)
            : throw ServerOperations.WrongState(server, action);
    }

    /// <summary>Begins what is done to one volume of a server, and records who asked.</summary>
    public async ValueTask BeginAsync(
        Tx tx,
        ServerVolume volume,
        IOrchestration<Done> order,
        Caller caller,
        RequestId requestId,
        OperationName name
    )
    {
        var instance = $"attachment-{volume.AttachmentId}-{name.Action}-{requestId}";
        await durable.StartAsync(tx, order, new(instance, volume.ProjectId, requestId.Value));
        await tx.AddActionAsync(ServerOperations.Action(volume.ServerId, name.Action, caller, requestId, instance));
        await tx.AuditAsync(caller.Audit(requestId, name.Rule, Server.ResourceOf(volume.ServerId)));
    }

    /// <summary>What block storage says of a volume, in the words that Nova has for it.</summary>
    public static Fault Invalid(Fault fault) =>
        fault.Code == FaultCode.BadRequest ? Fault.BadRequest($"Invalid volume: {fault.Message}") : fault;
}
