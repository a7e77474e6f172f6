using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Backups;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

internal sealed record DeleteBackup(BackupId Id) : IOrchestration<Done>
{
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
        await context.CallActivityAsync(new DropBackup(order.Id), TaskOptions.UntilDone);
        return await context.CallActivityAsync(new ForgetBackup(order.Id), TaskOptions.UntilDone);
    }
}
