namespace Pipeline.BlockStorage;

/// <summary>Cinder's microversions. What a row means where a deployment lacks the feature is in decision 0037.</summary>
internal static class VolumeVersions
{
    public static readonly Microversion Clusters = new(3, 7);
    public static readonly Microversion Manageable = new(3, 8);
    public static readonly Microversion BackupChanges = new(3, 9);
    public static readonly Microversion Summary = new(3, 12);
    public static readonly Microversion Groups = new(3, 13);
    public static readonly Microversion GroupSnapshots = new(3, 14);
    public static readonly Microversion Tags = new(3, 15);
    public static readonly Microversion BackupProject = new(3, 18);
    public static readonly Microversion ProviderId = new(3, 21);
    public static readonly Microversion PoolFilters = new(3, 28);
    public static readonly Microversion Filters = new(3, 33);
    public static readonly Microversion PoolTypes = new(3, 35);
    public static readonly Microversion SummaryMetadata = new(3, 36);
    public static readonly Microversion LimitsOfProject = new(3, 39);
    public static readonly Microversion Revert = new(3, 40);
    public static readonly Microversion SnapshotUser = new(3, 41);
    public static readonly Microversion BackupMetadata = new(3, 43);
    public static readonly Microversion Counts = new(3, 45);
    public static readonly Microversion FromBackup = new(3, 47);
    public static readonly Microversion Targets = new(3, 48);
    public static readonly Microversion BackendState = new(3, 49);
    public static readonly Microversion BackupZone = new(3, 51);
    public static readonly Microversion TransferSnapshots = new(3, 55);
    public static readonly Microversion BackupUser = new(3, 56);
    public static readonly Microversion TransferHistory = new(3, 57);
    public static readonly Microversion Times = new(3, 60);
    public static readonly Microversion ClusterName = new(3, 61);
    public static readonly Microversion TypeId = new(3, 63);
    public static readonly Microversion ConsumesQuota = new(3, 65);
    public static readonly Microversion Unforced = new(3, 66);

    public static Microversions Table { get; } =
        new(
            Api.Volume,
            new(3, 0),
            [
                new(1, Done: true, "protected and visibility of an image that is made of a volume"),
                new(2, Done: true, "volumes are filtered by bootable in any word for it"),
                new(3, Done: true, "user messages"),
                new(4, Done: true, "volumes are filtered by glance_metadata"),
                new(5, Done: true, "messages are paged"),
                new(6, Done: true, "consistency groups may lose name and description: there are none"),
                new(7, Done: true, "clusters: services show that they are in none"),
                new(8, Done: true, "what could be managed is listed: volumes"),
                new(9, Done: true, "backups change name and description"),
                new(10, Done: true, "volumes are filtered by group_id"),
                new(11, Done: true, "group types: there are none"),
                new(12, Done: true, "a summary of volumes"),
                new(13, Done: true, "groups: there are none, volumes show group_id"),
                new(14, Done: true, "group snapshots: there are none, snapshots show group_snapshot_id"),
                new(15, Done: true, "entity tags of metadata"),
                new(16, Done: true, "volumes move to clusters: there are none"),
                new(17, Done: true, "volumes are managed in clusters: there are none"),
                new(18, Done: true, "backups show their project"),
                new(19, Done: true, "group snapshots of generic groups: there are none"),
                new(20, Done: true, "the status of groups is reset: there are none"),
                new(21, Done: true, "operators see provider_id"),
                new(22, Done: true, "snapshots are filtered by metadata"),
                new(23, Done: true, "operators delete by force"),
                new(24, Done: true, "workers are cleaned up: no work is lost that had to be"),
                new(25, Done: true, "groups list their volumes: there are none"),
                new(26, Done: true, "clusters fail over: there are none"),
                new(27, Done: true, "attachments"),
                new(28, Done: true, "pools are filtered"),
                new(29, Done: true, "group snapshots are filtered: there are none"),
                new(30, Done: true, "snapshots are sorted by name"),
                new(31, Done: true, "which filters there are is the deployment's to say"),
                new(32, Done: true, "log levels of services: they are set where the functions run"),
                new(33, Done: true, "which filters there are can be asked for"),
                new(34, Done: true, "names may be alike"),
                new(35, Done: true, "pools are filtered by type"),
                new(36, Done: true, "the summary has the volumes' metadata"),
                new(37, Done: true, "backups are sorted by name"),
                new(38, Done: true, "groups are replicated: there are none"),
                new(39, Done: true, "operators see any project's limits"),
                new(40, Done: true, "volumes go back to a snapshot"),
                new(41, Done: true, "snapshots show their user"),
                new(42, Done: true, "volumes grow in use"),
                new(43, Done: true, "backups have metadata"),
                new(44, Done: true, "attachments are completed"),
                new(45, Done: true, "lists count"),
                new(46, Done: true, "volumes are made of servers' snapshots"),
                new(47, Done: true, "volumes are made of backups"),
                new(48, Done: true, "volumes show shared_targets and service_uuid"),
                new(49, Done: true, "services show their backend's state"),
                new(50, Done: true, "multi-attach is a matter of types"),
                new(51, Done: true, "backups name their zone"),
                new(52, Done: true, "types are filtered by extra specs"),
                new(53, Done: true, "bodies are closed"),
                new(54, Done: true, "attachments are made with their mode"),
                new(55, Done: true, "transfers take snapshots along"),
                new(56, Done: true, "backups show their user"),
                new(57, Done: true, "transfers show whose they were"),
                new(58, Done: true, "groups show their project: there are none"),
                new(59, Done: true, "transfers are paged"),
                new(60, Done: true, "volumes are filtered by times"),
                new(61, Done: true, "operators see cluster_name"),
                new(62, Done: true, "default types of projects"),
                new(63, Done: true, "volumes show volume_type_id"),
                new(64, Done: true, "encrypted volumes show encryption_key_id: there are none"),
                new(65, Done: true, "volumes and snapshots show consumes_quota"),
                new(66, Done: true, "snapshots of volumes in use need no force"),
                new(67, Done: true, "paths need no project"),
                new(68, Done: true, "volumes are filled anew: they are not here"),
                new(69, Done: true, "shared_targets may be null"),
                new(70, Done: true, "encrypted volumes are transferred: there are none"),
                new(71, Done: false, "a server's host says that it has seen a volume grow"),
            ]
        );

    /// <exception cref="Fault">NotFound: for an older client there is no such thing.</exception>
    public static void Require(Microversion asked, Microversion since)
    {
        if (asked < since)
            throw Fault.NotFound($"API version {asked} is not supported on this method.");
    }
}
