using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Snapshots;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>What volumes, snapshots and backups count for.</summary>
internal static class VolumeUsage
{
    /// <summary>One that grows counts as what it is to be.</summary>
    public static (string Resource, long Amount)[] Of(Volume volume) =>
        [(VolumeQuota.Volumes, 1), (VolumeQuota.Gigabytes, Math.Max(volume.SizeGib, volume.ClaimedGib))];

    public static (string Resource, long Amount)[] Of(Backup backup) =>
        [(VolumeQuota.Backups, 1), (VolumeQuota.BackupGigabytes, backup.SizeGib)];

    public static (string Resource, long Amount)[] Of(Snapshot snapshot) =>
        [(VolumeQuota.Snapshots, 1), (VolumeQuota.Gigabytes, snapshot.SizeGib)];
}
