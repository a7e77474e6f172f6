using Pipeline.Compute.Activities;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <summary>A volume that a server starts with: it is held for the server, and may still be made.</summary>
internal sealed record FirstVolume(AttachmentId AttachmentId, VolumeId VolumeId, string Device, int? BootIndex);

/// <summary>The steps by which a new guest gets its first volumes.</summary>
internal static class FirstVolumes
{
    // A volume that is filled with an image takes its time; the build's deadline ends the wait.
    private static readonly RetryPolicy Made = new(0, TimeSpan.FromMilliseconds(200), 2, TimeSpan.FromSeconds(5));

    /// <summary>They stand, and so it is known from which hosts they are reached.</summary>
    public static async Task AwaitAsync(Saga saga, IReadOnlyList<FirstVolume> volumes)
    {
        foreach (var volume in volumes)
            await saga.DoAsync(new AwaitVolume(volume.VolumeId), Undo.NotNeeded("it only looks"), Made);
    }

    /// <summary>Opens the way to each, one after the other.</summary>
    public static async Task<IReadOnlyList<OpenVolume>> OpenAsync(
        Saga saga,
        HostId host,
        IReadOnlyList<FirstVolume> volumes
    )
    {
        List<OpenVolume> opened = [];
        foreach (var volume in volumes)
        {
            var (id, volumeId) = (volume.AttachmentId, volume.VolumeId);
            var export = await saga.DoAsync(new ConnectAttachment(id, host), undo: new EndAttachment(id));
            var stored = export.Name ?? volumeId;
            var open = new OpenExport(
                export.Host,
                export.Backend,
                stored,
                id,
                export.Connector,
                export.IsReadOnly,
                export.Secret
            );
            var way = await saga.DoAsync(open, undo: new CloseExport(export.Host, stored, id));
            opened.Add(
                new(
                    export.Host,
                    new(
                        id,
                        volumeId,
                        way,
                        export.IsReadOnly,
                        volume.Device,
                        volume.BootIndex,
                        export.Secret,
                        export.Limits
                    )
                )
                {
                    Name = export.Name,
                }
            );
        }
        return opened;
    }

    /// <summary>The guest runs, and has them.</summary>
    public static async Task KeepAsync(Saga saga, IReadOnlyList<OpenVolume> volumes)
    {
        foreach (var open in volumes)
        {
            var (host, disk) = open;
            var (id, device) = (disk.AttachmentId, disk.Device!);
            await saga.DoAsync(
                new MarkAttached(id, device, disk.Connection),
                Undo.NotNeeded("the end of the attachment ends this, too")
            );
            await saga.DoAsync(
                new KeepServerVolume(id, device, host, disk.Connection) { Name = open.Name },
                Undo.NotNeeded("the server's delete releases what it shows")
            );
        }
    }
}

/// <param name="Host">Of the storage.</param>
internal sealed record OpenVolume(HostId Host, VolumeOfGuest Disk)
{
    /// <summary>What it is called there; null: by its id.</summary>
    public VolumeId? Name { get; init; }
}
