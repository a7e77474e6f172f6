using Pipeline.Compute.Activities;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <param name="Id">Of the attachment whose place is taken; it shows `detaching` from the start.</param>
/// <param name="Next">The attachment of the volume that takes it.</param>
/// <param name="Host">Of the guest.</param>
/// <param name="Connection">The way to the old volume, as it is when all is undone.</param>
internal sealed record SwapVolume(
    AttachmentId Id,
    AttachmentId Next,
    VolumeId NextVolume,
    ServerId ServerId,
    HostId Host,
    string Device,
    int? BootIndex,
    VolumeConnection Connection,
    string RequestId
) : IOrchestration<Done>
{
    public string? Resource => ServerVolume.ResourceOf(Id);
}

/// <summary>
/// The new volume becomes like the old one while the guest uses that. Until both are alike nothing changes for the guest; the change
/// itself follows as an orchestration without a way back.
/// </summary>
internal sealed class SwapVolumeOrchestrator : SagaOrchestrator<SwapVolume>
{
    // QEMU copies; each try only looks how far it is.
    private static readonly RetryPolicy Alike = new(0, TimeSpan.FromSeconds(1), 1.5, TimeSpan.FromSeconds(30));

    /// <summary>A volume may be large, and the way slow.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(24);

    protected override async Task RunAsync(Saga saga, SwapVolume order)
    {
        var (old, next, host, server) = (order.Id, order.Next, order.Host, order.ServerId);
        saga.OnFault(fault => new AbandonSwap(next, server, order.RequestId, fault));
        await saga.DoAsync(
            new AwaitVolume(order.NextVolume),
            undo: new MarkAttached(old, order.Device, order.Connection)
        );
        var export = await saga.DoAsync(new ConnectAttachment(next, host), undo: new EndAttachment(next));
        var stored = export.Name ?? order.NextVolume;
        var way = await saga.DoAsync(
            new OpenExport(
                export.Host,
                export.Backend,
                stored,
                next,
                export.Connector,
                export.IsReadOnly,
                export.Secret
            ),
            undo: new CloseExport(export.Host, stored, next)
        );
        await saga.DoAsync(
            new KeepConnection(next, way), // copying takes long, and sweeps ask whose the way is
            Undo.NotNeeded("the end of the attachment ends this, too")
        );
        await saga.DoAsync(
            new KeepServerVolume(next, order.Device, export.Host, way) { Name = export.Name },
            Undo.NotNeeded("its record goes as soon as the swap has failed")
        );
        var disk = new VolumeOfGuest(
            next,
            order.NextVolume,
            way,
            export.IsReadOnly,
            order.Device,
            order.BootIndex,
            export.Secret,
            export.Limits
        );
        await saga.DoAsync(new MirrorVolume(host, server, old, disk), undo: new StopMirror(host, server, next), Alike);
        await saga.DoAsync(
            new BeginTakePlace(new(old, server, host, disk, order.Connection, order.RequestId)),
            Undo.NotNeeded("what follows finds no successor where this was undone")
        );
    }
}
