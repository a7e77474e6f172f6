using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Backups;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

internal sealed record MakeBackup(
    BackupId Id,
    VolumeId VolumeId,
    HostId Host,
    string Backend,
    long Gib,
    BackupId? Parent
) : IOrchestration<Done>
{
    /// <summary>Null for what the volume holds now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SnapshotId? Snapshot { get; init; }

    /// <summary>The volume is written to meanwhile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsInUse { get; init; }

    /// <summary>Where it is kept; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }

    public string? Resource => Backup.ResourceOf(Id);
}

/// <summary>
/// A volume at rest is read as it is. Of one that is in use a snapshot is taken first; a snapshot is read through a volume that is made
/// of it. Both bear the backup's id, and go as soon as they were read.
/// </summary>
internal sealed class MakeBackupOrchestrator : SagaOrchestrator<MakeBackup>
{
    /// <summary>A volume may be large, and the way slow.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(24);

    protected override async Task RunAsync(Saga saga, MakeBackup order)
    {
        var (id, volume, host, backend) = (order.Id, order.VolumeId, order.Host, order.Backend);
        saga.OnFault(fault => new MarkBackupError(id, fault));
        var point = order.IsInUse == true ? new SnapshotId(id.Value) : order.Snapshot;
        if (order.IsInUse == true)
            await saga.DoAsync(
                new KeepSnapshot(host, backend, volume, point!.Value),
                undo: new DropSnapshot(host, volume, point.Value)
            );
        var read = point is null ? volume : new VolumeId(id.Value);
        if (point is not null)
            await saga.DoAsync(
                new MakeVolume(host, backend, read, order.Gib, new VolumeSource(volume, point)),
                undo: new RemoveVolume(host, read, [])
            );
        var content = await saga.DoAsync(
            new ReadBackup(host, backend, read, order.Gib, id, order.Parent) { Folder = order.Folder },
            undo: order.Folder is { } folder ? new RemoveBackup(host, folder, id) : new DropBackup(id)
        );
        if (point is not null)
            await saga.DoAsync(new RemoveVolume(host, read, []), Undo.NotNeeded("it takes away"));
        if (order.IsInUse == true)
            await saga.DoAsync(new DropSnapshot(host, volume, point!.Value), Undo.NotNeeded("it takes away"));
        await saga.DoAsync(new MarkBackupAvailable(id, content), Undo.NotNeeded("last step"));
    }
}
