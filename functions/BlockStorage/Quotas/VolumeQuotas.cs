namespace Pipeline.BlockStorage.Quotas;

/// <summary>Every name of a quota set, with Cinder's default. In unified limits they have the same names.</summary>
internal static class VolumeQuotas
{
    public static readonly IReadOnlyList<QuotaKind> All =
    [
        Of(VolumeQuota.Volumes, 10, "Volumes."),
        Of(VolumeQuota.PerVolumeGigabytes, -1, "Size of one volume, in GiB."),
        Of(VolumeQuota.Snapshots, 10, "Snapshots of volumes."),
        Of(VolumeQuota.Gigabytes, 1000, "Size of all volumes and snapshots, in GiB."),
        Of(VolumeQuota.Backups, 10, "Backups of volumes."),
        Of(VolumeQuota.BackupGigabytes, 1000, "Size of all backups, in GiB."),
        Of(VolumeQuota.Groups, 10, "Groups of volumes."),
    ];

    public static readonly IReadOnlyList<string> Names = [.. All.Select(kind => kind.Resource)];

    private static QuotaKind Of(string resource, long normal, string description) =>
        new(BlockStorageModule.ServiceType, resource, resource, normal, description);
}
