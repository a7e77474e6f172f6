using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>All that the making of a volume needs, as it was when the request was accepted.</summary>
internal sealed record ProvisionVolume(
    VolumeId Id,
    ProjectId Project,
    string RequestId,
    long Gib,
    PlaceWish Wish,
    VolumeSource? Source,
    ImageRef? Image
) : IOrchestration<Done>
{
    /// <summary>Null for one that is not restored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupRef? Backup { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

/// <summary>A backup that is whole, as a volume's making reads it.</summary>
internal sealed record BackupRef(BackupId Id, string Manifest)
{
    /// <summary>Where it is kept; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }
}

/// <summary>A backend is found that may hold it and has room; there it is made, of its source or blank, and filled with its image or backup.</summary>
internal sealed class ProvisionVolumeOrchestrator : SagaOrchestrator<ProvisionVolume>
{
    /// <summary>An image may be large, and the backend slow.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(4);

    protected override async Task RunAsync(Saga saga, ProvisionVolume order)
    {
        var id = order.Id;
        saga.OnFault(fault => new MarkVolumeError(id, fault));
        var place = await saga.DoAsync(
            new ClaimBackend(id, order.Project, order.Gib, order.Wish),
            undo: new ReleaseBackend(id)
        );
        await saga.DoAsync(
            new MakeVolume(place.Host, place.Backend, id, order.Gib, order.Source),
            undo: new RemoveVolume(place.Host, id, [])
        );
        if (order.Image is { } image)
        {
            await saga.DoAsync(new MarkVolumeDownloading(id), Undo.NotNeeded("the volume shows the fault instead"));
            await saga.DoAsync(
                new FillVolume(place.Host, place.Backend, id, image),
                Undo.NotNeeded("the volume's own undo removes it")
            );
        }
        if (order.Backup is { } backup)
        {
            await saga.DoAsync(
                new MarkVolumeRestoring(id, backup.Id, place.Host),
                Undo.NotNeeded("the volume shows the fault instead, which frees the backup")
            );
            await saga.DoAsync(
                new WriteBackup(place.Host, place.Backend, id, backup.Id, backup.Manifest) { Folder = backup.Folder },
                Undo.NotNeeded("the volume's own undo removes it")
            );
        }
        await saga.DoAsync(new MarkVolumeAvailable(id, order.Image is not null), Undo.NotNeeded("last step"));
    }
}
