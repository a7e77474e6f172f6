using Microsoft.Extensions.Logging;
using Pipeline.BlockStorage.Backups;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Sweeps;

/// <summary>
/// Removes blocks of backups that are not there, or were never whole and are not being made: what a host sent while its backup was undone.
/// After the database was restored it removes nothing until an operator has released the sweeps: backups may be imported again.
/// </summary>
internal sealed partial class RemoveStrayBackups(
    Database db,
    BackupBlobs backups,
    TimeProvider time,
    ILogger<RemoveStrayBackups> logger
)
{
    private const int Batch = 500;

    /// <summary>A backup that fails removes its own; this is for what came later.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    [Function("volume-remove-stray-backups")]
    public async Task RunAsync([TimerTrigger("0 40 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        if (await db.ReadAsync(tx => IsHeldBackAsync(tx)))
            return;
        var newest = time.GetUtcNow() - Grace;
        var old = new List<(BackupId Owner, string Name)>();
        await foreach (var blob in backups.Blobs.ListAsync(ct: ct))
        {
            if (blob.Properties.LastModified <= newest && BackupBlobs.OwnerOf(blob.Name) is { } owner)
                old.Add((owner, blob.Name));
            if (old.Count == Batch)
                await SweepAsync(old, ct);
        }
        await SweepAsync(old, ct);
    }

    /// <summary>The database was restored, and no operator has released the sweeps.</summary>
    public static async ValueTask<bool> IsHeldBackAsync(Tx tx) =>
        await tx.ScalarAsync<long>("SELECT COUNT(*) FROM cloud WHERE restored_at IS NOT NULL") > 0;

    private async Task SweepAsync(List<(BackupId Owner, string Name)> blobs, CancellationToken ct)
    {
        var owners = blobs.Select(blob => $"{blob.Owner}").ToHashSet();
        var standing = (await db.ReadAsync(tx => tx.ListStandingBackupsAsync(owners))).ToHashSet();
        foreach (var (owner, name) in blobs)
            if (!standing.Contains($"{owner}"))
            {
                await backups.Blobs.DeleteAsync(name, ct);
                Log.Removed(logger, name);
            }
        blobs.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Removed the stray part {Blob} of a backup")]
        public static partial void Removed(ILogger logger, string blob);
    }
}
