using Pipeline.Data;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>The SQL of snapshots.</summary>
internal static class SnapshotStore
{
    private const string Columns = """
        id, volume_id, project_id, user_id, name, description, status, size_gib, volume_type_id, metadata, fault,
        progress, created_at, updated_at, version
        """;

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "id",
        ["status"] = "status",
        ["name"] = "COALESCE(name, '')",
        ["display_name"] = "COALESCE(name, '')",
        ["volume_id"] = "volume_id",
        ["size"] = "size_gib",
        ["created_at"] = "created_at",
        ["updated_at"] = "COALESCE(updated_at, 0)",
        ["project_id"] = "project_id",
    };

    public static ValueTask<IReadOnlyList<Snapshot>> ListSnapshotsAsync(
        this Tx tx,
        ProjectId? project,
        Page page,
        SnapshotFilter filter,
        SnapshotId? after,
        int skip,
        int limit
    )
    {
        var order = ListOrder.Of("volume_snapshots", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<Snapshot>(
            $"""
            SELECT {Columns} FROM volume_snapshots
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
                filter.Volume,
            }
        );
    }

    /// <summary>How many the filter's conditions on rows leave.</summary>
    public static ValueTask<long> CountSnapshotsAsync(this Tx tx, ProjectId? project, SnapshotFilter filter) =>
        tx.ScalarAsync<long>(
            $"SELECT COUNT(*) FROM volume_snapshots WHERE {(project is null ? "1 = 1" : "project_id = @project")} {filter.Sql}",
            new
            {
                project = project ?? default,
                filter.Name,
                filter.Like,
                filter.Status,
                filter.Volume,
            }
        );

    public static ValueTask<Snapshot?> FindSnapshotAsync(this Tx tx, SnapshotId id) =>
        tx.FindAsync<Snapshot>($"SELECT {Columns} FROM volume_snapshots WHERE id = @id", new { id });

    /// <summary>The snapshot, and nobody else decides on it until this transaction ends.</summary>
    public static async ValueTask<Snapshot?> LockSnapshotAsync(this Tx tx, SnapshotId id)
    {
        await tx.LockAsync(Snapshot.ResourceOf(id));
        return await tx.FindSnapshotAsync(id);
    }

    public static ValueTask<IReadOnlyList<Snapshot>> ListSnapshotsOfAsync(this Tx tx, VolumeId volume) =>
        tx.ListAsync<Snapshot>(
            $"SELECT {Columns} FROM volume_snapshots WHERE volume_id = @volume ORDER BY created_at, id",
            new { volume }
        );

    /// <summary>A volume's snapshots, and nobody else decides on them until this transaction ends; the volume is locked before.</summary>
    public static async ValueTask<IReadOnlyList<Snapshot>> LockSnapshotsOfAsync(this Tx tx, VolumeId volume)
    {
        var held = new List<Snapshot>();
        foreach (var snapshot in (await tx.ListSnapshotsOfAsync(volume)).OrderBy(s => s.Id.Value))
            if (await tx.LockSnapshotAsync(snapshot.Id) is { } still)
                held.Add(still);
        return held;
    }

    /// <summary>A volume's snapshots are of its type.</summary>
    public static async ValueTask SetSnapshotTypesAsync(this Tx tx, VolumeId volume, VolumeTypeId type) =>
        await tx.ExecuteAsync(
            "UPDATE volume_snapshots SET volume_type_id = @type, version = version + 1 WHERE volume_id = @volume",
            new { volume, type }
        );

    public static async ValueTask AddSnapshotAsync(this Tx tx, Snapshot snapshot) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO volume_snapshots ({Columns}) VALUES (@Id, @VolumeId, @ProjectId, @UserId, @Name, @Description,
                @Status, @SizeGib, @VolumeTypeId, @Metadata, @Fault, @Progress, @now, NULL, 1)
            """,
            snapshot
        );

    public static async ValueTask SaveSnapshotAsync(this Tx tx, Snapshot snapshot) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_snapshots SET name = @Name, description = @Description, status = @Status,
                metadata = @Metadata, fault = @Fault, progress = @Progress, updated_at = @now, version = version + 1
            WHERE id = @Id
            """,
            snapshot
        );

    public static async ValueTask DeleteSnapshotRowAsync(this Tx tx, SnapshotId id) =>
        await tx.ExecuteAsync("DELETE FROM volume_snapshots WHERE id = @id", new { id });
}
