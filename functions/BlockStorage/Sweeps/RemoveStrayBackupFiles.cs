using Microsoft.Extensions.Logging;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Sweeps;

/// <summary>
/// The same as <see cref="RemoveStrayBackups"/> for folders of hosts: a host lists what is there, and removes the parts of what belongs to
/// no backup. One that is whole may be imported yet: it is told of, and left. A folder that nobody reaches now waits for the next time.
/// </summary>
internal sealed partial class RemoveStrayBackupFiles(
    Database db,
    BackupFolders folders,
    DurableTaskClient durable,
    TimeProvider time,
    ILogger<RemoveStrayBackupFiles> logger
)
{
    private const int Batch = 100;

    [Function("volume-remove-stray-backup-files")]
    public async Task RunAsync([TimerTrigger("0 45 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        if (await db.ReadAsync(tx => RemoveStrayBackups.IsHeldBackAsync(tx)))
            return;
        foreach (var folder in await db.ReadAsync(tx => tx.ListBackupFoldersAsync()))
            try
            {
                await SweepAsync(folder, ct);
            }
            catch (Fault fault)
            {
                Log.Unheard(logger, folder, fault.Message);
            }
    }

    private async Task SweepAsync(BackupFolderId folder, CancellationToken ct)
    {
        var newest = time.GetUtcNow() - RemoveStrayBackups.Grace;
        BackupId? after = null;
        while (await folders.ListAsync(folder, after, ct) is { Count: > 0 } kept)
        {
            foreach (var chunk in kept.Where(one => one.WrittenAt <= newest).Chunk(Batch))
                await SweepAsync(folder, chunk);
            after = kept[^1].Id;
        }
    }

    private async Task SweepAsync(BackupFolderId folder, KeptBackup[] kept)
    {
        var ids = kept.Select(one => $"{one.Id}").ToList();
        var standing = (await db.ReadAsync(tx => tx.ListStandingBackupsAsync(ids))).ToHashSet();
        foreach (var (id, _, whole) in kept.Where(one => !standing.Contains($"{one.Id}")))
            if (whole)
                Log.Unknown(logger, id, folder);
            else
                await db.WriteAsync(tx => BeginAsync(tx, folder, id));
    }

    /// <summary>One that is worked on is left to who works on it.</summary>
    private async ValueTask BeginAsync(Tx tx, BackupFolderId folder, BackupId id)
    {
        var order = new DeleteBackup(id) { Folder = folder, IsStray = true };
        try
        {
            await durable.StartAsync(tx, order, new($"backup-{id}-sweep-{tx.Now.ToUnixTimeSeconds()}"));
            Log.Removed(logger, id, folder);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            Log.Busy(logger, id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Removes the stray files of backup {Backup} in folder {Folder}")]
        public static partial void Removed(ILogger logger, BackupId backup, BackupFolderId folder);

        [LoggerMessage(
            LogLevel.Warning,
            "Backup {Backup} in folder {Folder} has no record: import it, or remove it there"
        )]
        public static partial void Unknown(ILogger logger, BackupId backup, BackupFolderId folder);

        [LoggerMessage(LogLevel.Information, "The stray files of backup {Backup} wait: it is worked on")]
        public static partial void Busy(ILogger logger, BackupId backup);

        [LoggerMessage(LogLevel.Warning, "The folder of backups {Folder} is not swept: {Reason}")]
        public static partial void Unheard(ILogger logger, BackupFolderId folder, string reason);
    }
}
