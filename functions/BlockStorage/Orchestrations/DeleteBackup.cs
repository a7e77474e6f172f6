using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Backups;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

internal sealed record DeleteBackup(BackupId Id) : IOrchestration<Done>
{
    /// <summary>Where it is kept; null for the cloud's store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }

    /// <summary>What lies there belongs to no backup; a record that there is of it stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsStray { get; init; }

    public string? Resource => Backup.ResourceOf(Id);
}

/// <summary>It begins when what was done to the backup has been undone.</summary>
[ForwardOnly("a delete has no way back: each step takes something away, and is repeated until it has")]
internal sealed class DeleteBackupOrchestrator : TaskOrchestrator<DeleteBackup, Done>
{
    /// <summary>It is done when the store has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, DeleteBackup order)
    {
        if (order.Folder is not { } folder)
            await context.CallActivityAsync(new DropBackup(order.Id), TaskOptions.UntilDone);
        else if ((await context.CallActivityAsync(new FindFolderHost(folder), TaskOptions.UntilDone)).Host is { } host)
            await context.CallActivityAsync(new RemoveBackup(host, folder, order.Id), TaskOptions.UntilDone);
        if (order.IsStray == true)
            return Done.Instance;
        return await context.CallActivityAsync(new ForgetBackup(order.Id), TaskOptions.UntilDone);
    }
}
