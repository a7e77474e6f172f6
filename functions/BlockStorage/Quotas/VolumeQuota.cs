using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

/// <summary>What is counted of volumes, snapshots and backups, and the words in which Cinder refuses more of it. Sizes are in GiB.</summary>
internal static class VolumeQuota
{
    public const string Volumes = "volumes";
    public const string Snapshots = "snapshots";

    /// <summary>Of volumes and of snapshots.</summary>
    public const string Gigabytes = "gigabytes";
    public const string Backups = "backups";
    public const string BackupGigabytes = "backup_gigabytes";
    public const string Groups = "groups";
    public const string PerVolumeGigabytes = "per_volume_gigabytes";

    /// <summary>Counts what is wanted. What the caller's transaction gives back it releases by the same names.</summary>
    /// <exception cref="Fault">QuotaExceeded; the caller's transaction writes nothing then.</exception>
    public static async ValueTask ClaimAsync(Tx tx, ProjectId project, params (string Resource, long Amount)[] wanted)
    {
        var changes = wanted.Select(w => new UsageChange(w.Resource, w.Amount, DefaultOf(w.Resource)));
        if (await tx.ClaimUsageAsync(project, [.. changes]) is { } shortage)
            throw new Fault(FaultCode.QuotaExceeded, WordsOf(shortage));
    }

    /// <exception cref="Fault">QuotaExceeded when no volume of the project may be so large.</exception>
    public static async ValueTask CheckVolumeSizeAsync(Tx tx, ProjectId project, long gib)
    {
        var limit = await tx.LimitAsync(project, PerVolumeGigabytes, DefaultOf(PerVolumeGigabytes));
        if (limit >= 0 && gib > limit)
            throw new Fault(
                FaultCode.QuotaExceeded,
                $"VolumeSizeExceedsLimit: Requested volume size {gib}G is larger than maximum allowed limit {limit}G."
            );
    }

    /// <summary>The fault's name stands before its words, as Cinder answers it.</summary>
    /// <param name="name">What clients know the quota by, where that is not what is counted.</param>
    public static string WordsOf(Shortage shortage, string? name = null) =>
        shortage.Resource switch
        {
            Volumes => $"VolumeLimitExceeded: Maximum number of {Exceeded(shortage, name)}.",
            Snapshots => $"SnapshotLimitExceeded: Maximum number of {Exceeded(shortage, name)}.",
            Backups => $"BackupLimitExceeded: Maximum number of backups allowed ({shortage.Limit})",
            Gigabytes =>
                "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. "
                    + Consumed(shortage),
            BackupGigabytes =>
                "VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed backup gigabytes quota. "
                    + Consumed(shortage),
            _ => $"QuotaError: Quota exceeded for {shortage.Resource}: {Consumed(shortage)}",
        };

    private static string Exceeded(Shortage s, string? name) =>
        $"{s.Resource} allowed ({s.Limit}) exceeded for quota '{name ?? s.Resource}'";

    private static string Consumed(Shortage s) =>
        $"Requested {s.Requested}G, quota is {s.Limit}G and {s.Used}G has been consumed.";

    private static long DefaultOf(string resource) => VolumeQuotas.All.First(k => k.Resource == resource).Default;
}
