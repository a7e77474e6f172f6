using Pipeline.BlockStorage.Backends;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>The SQL of volumes.</summary>
internal static class VolumeStore
{
    private const string Written = """
        id, project_id, user_id, name, description, status, previous_status, size_gib, volume_type_id, availability_zone,
        bootable, multiattach, read_only, snapshot_id, source_volume_id, image_id, metadata, image_metadata, host_id,
        host_name, backend, name_id, migration_status, retype_type_id, other_host_id, other_backend, other_name_id,
        claimed_gib, fault, created_at, updated_at, launched_at, version
        """;

    private const string Columns =
        $"{Written}, COALESCE((SELECT t.name FROM volume_types t WHERE t.id = volumes.volume_type_id), '') AS type_name";

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "id",
        ["status"] = "status",
        ["size"] = "size_gib",
        ["availability_zone"] = "availability_zone",
        ["name"] = "COALESCE(name, '')",
        ["display_name"] = "COALESCE(name, '')",
        ["bootable"] = "bootable",
        ["created_at"] = "created_at",
        ["updated_at"] = "COALESCE(updated_at, 0)",
        ["user_id"] = "user_id",
        ["project_id"] = "project_id",
    };

    public static ValueTask<IReadOnlyList<Volume>> ListVolumesAsync(
        this Tx tx,
        ProjectId? project,
        Page page,
        VolumeFilter filter,
        VolumeId? after,
        int skip,
        int limit
    )
    {
        var order = ListOrder.Of("volumes", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<Volume>(
            $"""
            SELECT {Columns} FROM volumes
            WHERE {(project is null ? "1 = 1" : "project_id = @project")} {filter.Sql}
                {(after is null ? "" : $"AND ({order.After})")}
            ORDER BY {order.By} LIMIT @limit OFFSET @skip
            """,
            new
            {
                project = project ?? default,
                after = after ?? default,
                limit,
                skip,
                filter.Name,
                filter.Like,
                filter.Status,
                filter.Bootable,
                filter.AvailabilityZone,
                filter.Host,
                filter.Backend,
                filter.ChangedSince,
            }
        );
    }

    public static ValueTask<Volume?> FindVolumeAsync(this Tx tx, VolumeId id) =>
        tx.FindAsync<Volume>($"SELECT {Columns} FROM volumes WHERE id = @id", new { id });

    /// <summary>The volume, and nobody else decides on it until this transaction ends.</summary>
    public static async ValueTask<Volume?> LockVolumeAsync(this Tx tx, VolumeId id)
    {
        await tx.LockAsync(Volume.ResourceOf(id));
        return await tx.FindVolumeAsync(id);
    }

    public static async ValueTask AddVolumeAsync(this Tx tx, Volume volume) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO volumes ({Written}) VALUES (@Id, @ProjectId, @UserId, @Name, @Description, @Status,
                @PreviousStatus, @SizeGib, @VolumeTypeId, @AvailabilityZone, @Bootable, @Multiattach, @ReadOnly,
                @SnapshotId, @SourceVolumeId, @ImageId, @Metadata, @ImageMetadata, @HostId, @HostName, @Backend,
                @NameId, @MigrationStatus, @RetypeTypeId, @OtherHostId, @OtherBackend, @OtherNameId, @ClaimedGib, @Fault, @now, NULL, @LaunchedAt, 1)
            """,
            volume
        );

    /// <summary>Writes a volume's changeable state. It is in the zone of where it lies.</summary>
    public static async ValueTask SaveVolumeAsync(this Tx tx, Volume volume) =>
        await tx.ExecuteAsync(
            """
            UPDATE volumes SET name = @Name, description = @Description, status = @Status,
                previous_status = @PreviousStatus, size_gib = @SizeGib, bootable = @Bootable, read_only = @ReadOnly,
                metadata = @Metadata, image_metadata = @ImageMetadata, host_id = @HostId, host_name = @HostName,
                backend = @Backend, availability_zone = COALESCE((SELECT b.zone FROM volume_backends b
                    WHERE b.host_id = @HostId AND b.name = @Backend), @AvailabilityZone),
                name_id = @NameId, migration_status = @MigrationStatus, retype_type_id = @RetypeTypeId,
                other_host_id = @OtherHostId, other_backend = @OtherBackend, other_name_id = @OtherNameId,
                volume_type_id = @VolumeTypeId, multiattach = @Multiattach, claimed_gib = @ClaimedGib, fault = @Fault, launched_at = @LaunchedAt,
                updated_at = @now, version = version + 1
            WHERE id = @Id
            """,
            volume
        );

    public static async ValueTask DeleteVolumeRowAsync(this Tx tx, VolumeId id) =>
        await tx.ExecuteAsync("DELETE FROM volumes WHERE id = @id", new { id });

    /// <summary>Volumes that are being made from a volume or a snapshot; it has to stay until they are.</summary>
    public static ValueTask<long> CountMadeFromAsync(this Tx tx, VolumeId? source, SnapshotId? snapshot) =>
        tx.ScalarAsync<long>(
            $"""
            SELECT COUNT(*) FROM volumes WHERE status = '{VolumeStatus.Creating}'
                AND {(snapshot is null ? "source_volume_id = @source" : "snapshot_id = @snapshot")}
            """,
            new { source = source ?? default, snapshot = snapshot ?? default }
        );

    /// <summary>True while the host copies a volume that moves: the one that has it writes blocks, the one that is to have it reads them.</summary>
    /// <param name="name">What it is to be called.</param>
    public static async ValueTask<bool> IsCopiedByAsync(this Tx tx, VolumeId name, HostId host, bool writes) =>
        await tx.ScalarAsync<long>(
            $"""
            SELECT COUNT(*) FROM volumes WHERE other_name_id = @name AND {(
                writes ? "host_id" : "other_host_id"
            )} = @host
                AND migration_status = '{MigrationStatuses.Migrating}'
            """,
            new { name, host }
        ) > 0;

    /// <summary>Where volumes are, of those that are anywhere.</summary>
    public static async ValueTask<IReadOnlyList<BackendPlace>> ListPlacesAsync(
        this Tx tx,
        ProjectId project,
        IReadOnlyList<VolumeId> volumes
    )
    {
        var places = new List<BackendPlace>();
        foreach (var id in volumes)
            if (await tx.FindVolumeAsync(id) is { Place: { } place } volume && volume.ProjectId == project)
                places.Add(place);
        return places;
    }
}
