using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

/// <summary>The SQL of backups. Each write says what it changes, so that none undoes another's.</summary>
internal static class BackupStore
{
    private const string Written = """
        id, project_id, user_id, volume_id, snapshot_id, parent_id, root_id, folder_id, name, description, container, zone, status,
        size_gib, metadata, bootable, image_metadata, fail_reason, host_id, restore_volume_id, manifest, blocks, stored_bytes, data_at, created_at, updated_at,
        version
        """;

    private const string Columns =
        $"{Written}, (SELECT COUNT(*) FROM volume_backups c WHERE c.parent_id = volume_backups.id) AS dependents";

    /// <summary>What a list may be sorted by, in Cinder's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "id",
        ["status"] = "status",
        ["name"] = "COALESCE(name, '')",
        ["size"] = "size_gib",
        ["volume_id"] = "volume_id",
        ["container"] = "container",
        ["created_at"] = "created_at",
        ["updated_at"] = "COALESCE(updated_at, 0)",
    };

    public static ValueTask<IReadOnlyList<Backup>> ListBackupsAsync(
        this Tx tx,
        ProjectId? project,
        Page page,
        BackupFilter filter,
        BackupId? after,
        int skip,
        int limit
    )
    {
        var order = ListOrder.Of("volume_backups", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<Backup>(
            $"""
            SELECT {Columns} FROM volume_backups
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
                filter.Status,
                filter.Volume,
            }
        );
    }

    public static ValueTask<Backup?> FindBackupAsync(this Tx tx, BackupId id) =>
        tx.FindAsync<Backup>($"SELECT {Columns} FROM volume_backups WHERE id = @id", new { id });

    /// <summary>The backup, and nobody else decides on it until this transaction ends.</summary>
    public static async ValueTask<Backup?> LockBackupAsync(this Tx tx, BackupId id)
    {
        await tx.LockAsync(Backup.ResourceOf(id));
        return await tx.FindBackupAsync(id);
    }

    /// <summary>What an incremental backup of the volume stands on: the project's newest of it that is older than what is to be kept.</summary>
    public static ValueTask<Backup?> FindParentAsync(
        this Tx tx,
        ProjectId project,
        VolumeId volume,
        DateTimeOffset before
    ) =>
        tx.FindAsync<Backup>(
            $"""
            SELECT {Columns} FROM volume_backups WHERE volume_id = @volume AND project_id = @project
                AND status = '{BackupStatus.Available}' AND data_at < @before
            ORDER BY data_at DESC, id LIMIT 1
            """,
            new
            {
                project,
                volume,
                before,
            }
        );

    public static async ValueTask AddBackupAsync(this Tx tx, Backup backup) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO volume_backups ({Written}) VALUES (@Id, @ProjectId, @UserId, @VolumeId, @SnapshotId, @ParentId,
                @RootId, @FolderId, @Name, @Description, @Container, @Zone, @Status, @SizeGib, @Metadata, @Bootable, @ImageMetadata, @FailReason, @HostId, @RestoreVolumeId,
                @Manifest, @Blocks, @StoredBytes, @DataAt, @now, NULL, 1)
            """,
            backup
        );

    /// <summary>What its owner says of it.</summary>
    public static async ValueTask SetBackupWordsAsync(this Tx tx, Backup backup) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_backups SET name = @Name, description = @Description, metadata = @Metadata, updated_at = @now,
                version = version + 1 WHERE id = @Id
            """,
            backup
        );

    public static async ValueTask SetBackupStatusAsync(this Tx tx, BackupId id, string status) =>
        await tx.ExecuteAsync(
            "UPDATE volume_backups SET status = @status, updated_at = @now, version = version + 1 WHERE id = @id",
            new { id, status }
        );

    /// <summary>It is whole. One that is being deleted goes on being deleted.</summary>
    public static async ValueTask SetContentAsync(this Tx tx, BackupId id, BackupContent content) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE volume_backups SET {Unless(BackupStatus.Available)}, host_id = NULL, fail_reason = NULL,
                manifest = @Manifest, blocks = @Blocks, stored_bytes = @Bytes, updated_at = @now, version = version + 1
            WHERE id = @id
            """,
            new
            {
                id,
                content.Manifest,
                content.Blocks,
                content.Bytes,
            }
        );

    /// <summary>It was not made, and no host may write to it any more.</summary>
    public static async ValueTask SetBackupErrorAsync(this Tx tx, BackupId id, string reason) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE volume_backups SET {Unless(BackupStatus.Error)}, host_id = NULL, fail_reason = @reason,
                updated_at = @now, version = version + 1 WHERE id = @id
            """,
            new { id, reason }
        );

    /// <param name="host">Null until it is known.</param>
    public static async ValueTask SetRestoringAsync(this Tx tx, BackupId id, VolumeId volume, HostId? host) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE volume_backups SET status = '{BackupStatus.Restoring}', restore_volume_id = @volume, host_id = @host,
                updated_at = @now, version = version + 1 WHERE id = @id
            """,
            new
            {
                id,
                volume,
                host,
            }
        );

    /// <summary>What a volume is being restored from.</summary>
    public static ValueTask<Backup?> FindRestoredAsync(this Tx tx, VolumeId volume) =>
        tx.FindAsync<Backup>(
            $"SELECT {Columns} FROM volume_backups WHERE restore_volume_id = @volume ORDER BY id LIMIT 1",
            new { volume }
        );

    /// <summary>The volume is not restored from any backup any more; its host reads none for it.</summary>
    public static async ValueTask EndRestoreAsync(this Tx tx, VolumeId volume) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE volume_backups SET status = CASE WHEN status = '{BackupStatus.Restoring}'
                THEN '{BackupStatus.Available}' ELSE status END, restore_volume_id = NULL, host_id = NULL,
                updated_at = @now, version = version + 1 WHERE restore_volume_id = @volume
            """,
            new { volume }
        );

    public static async ValueTask DeleteBackupRowAsync(this Tx tx, BackupId id) =>
        await tx.ExecuteAsync("DELETE FROM volume_backups WHERE id = @id", new { id });

    /// <summary>True while the host is to write the backup's blocks.</summary>
    public static async ValueTask<bool> IsWrittenByAsync(this Tx tx, BackupId id, HostId host) =>
        await tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM volume_backups WHERE id = @id AND host_id = @host AND manifest IS NULL",
            new { id, host }
        ) > 0;

    /// <summary>True while the host works on the backup, for which it may read all of its chain.</summary>
    public static async ValueTask<bool> IsReadByAsync(this Tx tx, BackupId id, BackupId owner, HostId host) =>
        await tx.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM volume_backups b JOIN volume_backups o ON o.root_id = b.root_id
            WHERE b.id = @id AND b.host_id = @host AND o.id = @owner AND o.manifest IS NOT NULL
            """,
            new
            {
                id,
                owner,
                host,
            }
        ) > 0;

    /// <summary>Which of these are there, and hold blocks or are being filled with them; volumes that move are among them.</summary>
    public static ValueTask<IReadOnlyList<string>> ListStandingBackupsAsync(
        this Tx tx,
        IReadOnlyCollection<string> backups
    ) =>
        tx.ListAsync<string>(
            """
            SELECT id FROM volume_backups WHERE id IN @backups AND (manifest IS NOT NULL OR host_id IS NOT NULL)
            UNION ALL SELECT other_name_id FROM volumes WHERE other_name_id IN @backups
            """,
            new { backups }
        );

    private static string Unless(string status) =>
        $"status = CASE WHEN status = '{BackupStatus.Deleting}' THEN status ELSE '{status}' END";
}
