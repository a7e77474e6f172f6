using Pipeline.Compute.Activities;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <param name="Host">Of the guest.</param>
/// <param name="Device">The name that was told to the client.</param>
internal sealed record AttachVolume(
    AttachmentId Id,
    ServerId ServerId,
    HostId Host,
    VolumeId VolumeId,
    string Device,
    string RequestId
) : IOrchestration<Done>
{
    public string? Resource => ServerVolume.ResourceOf(Id);
}

/// <summary>The volume is held for the server; now its host opens the way, and the guest gets the disk.</summary>
internal sealed class AttachVolumeOrchestrator : SagaOrchestrator<AttachVolume>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(Saga saga, AttachVolume order)
    {
        var (id, server) = (order.Id, order.ServerId);
        saga.OnFault(fault => new AbandonVolume(id, server, order.RequestId, fault));
        var export = await saga.DoAsync(
            new ConnectAttachment(id, order.Host),
            Undo.NotNeeded("the release that follows a failure ends the attachment")
        );
        var stored = export.Name ?? order.VolumeId;
        var way = await saga.DoAsync(
            new OpenExport(export.Host, export.Backend, stored, id, export.Connector, export.IsReadOnly, export.Secret),
            undo: new CloseExport(export.Host, stored, id)
        );
        var disk = new VolumeOfGuest(
            id,
            order.VolumeId,
            way,
            export.IsReadOnly,
            order.Device,
            BootIndex: null,
            export.Secret,
            export.Limits
        );
        var plugged = await saga.DoAsync(
            new PlugVolume(order.Host, server, disk),
            undo: new UnplugVolume(order.Host, server, id)
        );
        await saga.DoAsync(
            new MarkAttached(id, plugged.Device, way),
            Undo.NotNeeded("the release that follows a failure ends the attachment")
        );
        await saga.DoAsync(
            new KeepServerVolume(id, plugged.Device, export.Host, way) { Name = export.Name },
            Undo.NotNeeded("last step")
        );
    }
}
