using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>What a backup holds takes the place of what a volume holds.</summary>
internal sealed record RestoreBackup(VolumeId Id, HostId Host, string Backend, BackupId Backup, string Manifest)
    : IOrchestration<Done>
{
    /// <summary>What it is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }

    /// <summary>Where the backup is kept; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

internal sealed class RestoreBackupOrchestrator : SagaOrchestrator<RestoreBackup>
{
    /// <summary>A backup may be large, and the way slow.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(24);

    protected override async Task RunAsync(Saga saga, RestoreBackup order)
    {
        saga.OnFault(fault => new MarkRestoreFailed(order.Id, fault));
        await saga.DoAsync(
            new WriteBackup(order.Host, order.Backend, order.Name ?? order.Id, order.Backup, order.Manifest)
            {
                Folder = order.Folder,
            },
            Undo.NotNeeded("the volume shows that what it holds is not whole")
        );
        await saga.DoAsync(new MarkVolumeRestored(order.Id), Undo.NotNeeded("last step"));
    }
}
