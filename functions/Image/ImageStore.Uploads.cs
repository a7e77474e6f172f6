using Pipeline.Data;

namespace Pipeline.Image;

/// <summary>The SQL of uploads. Each statement names the upload it belongs to, so a late one changes nothing.</summary>
internal static partial class ImageStore
{
    public static async ValueTask<bool> TryBeginUploadAsync(this Tx tx, ImageId id, string upload) =>
        await tx.ExecuteAsync(
            """
            UPDATE images SET status = 'saving', upload_id = @upload, upload_at = @now, updated_at = @now,
                version = version + 1
            WHERE id = @id AND status = 'queued'
            """,
            new { id, upload }
        ) == 1;

    public static async ValueTask SetSenderAsync(this Tx tx, ImageId id, HostId sender) =>
        await tx.ExecuteAsync("UPDATE images SET sender_id = @sender WHERE id = @id", new { id, sender });

    /// <summary>A host's own image is its upload's from now on: one that it began before is lost. False where it is not to send one.</summary>
    public static async ValueTask<bool> TryBeginSendingAsync(this Tx tx, ImageId id, HostId sender, string upload) =>
        await tx.ExecuteAsync(
            """
            UPDATE images SET status = 'saving', upload_id = @upload, upload_at = @now, updated_at = @now,
                version = version + 1
            WHERE id = @id AND sender_id = @sender AND status IN ('queued', 'saving')
            """,
            new
            {
                id,
                sender,
                upload,
            }
        ) == 1;

    /// <summary>An image that a host was to send, and has sent.</summary>
    public static async ValueTask<bool> IsSentAsync(this Tx tx, ImageId id, HostId sender) =>
        await tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM images WHERE id = @id AND sender_id = @sender AND status = 'active'",
            new { id, sender }
        ) > 0;

    /// <summary>False when the upload is not the image's any more.</summary>
    public static async ValueTask<bool> BeatUploadAsync(this Tx tx, ImageId id, string upload) =>
        await tx.ExecuteAsync(
            "UPDATE images SET upload_at = @now WHERE id = @id AND upload_id = @upload AND status = 'saving'",
            new { id, upload }
        ) == 1;

    public static async ValueTask<bool> TryFinishUploadAsync(this Tx tx, ImageId id, string upload, FileFacts file) =>
        await tx.ExecuteAsync(
            """
            UPDATE images SET status = 'active', size = @Size, virtual_size = @VirtualSize, checksum = @Md5,
                sha512 = @Sha512, upload_at = NULL, updated_at = @now, version = version + 1
            WHERE id = @id AND upload_id = @upload AND status = 'saving'
            """,
            new
            {
                id,
                upload,
                file.Size,
                file.VirtualSize,
                file.Md5,
                file.Sha512,
            }
        ) == 1;

    /// <param name="silentSince">Only if its last heartbeat was before this; null in any case.</param>
    public static async ValueTask<bool> TryAbandonUploadAsync(
        this Tx tx,
        ImageId id,
        string upload,
        DateTimeOffset? silentSince = null
    ) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE images SET status = 'queued', upload_id = NULL, upload_at = NULL, updated_at = @now,
                version = version + 1
            WHERE id = @id AND upload_id = @upload AND status = 'saving'
                {(silentSince is null ? "" : "AND upload_at < @silent")}
            """,
            new
            {
                id,
                upload,
                silent = silentSince ?? default,
            }
        ) == 1;

    public static ValueTask<IReadOnlyList<DeadUpload>> ListDeadUploadsAsync(this Tx tx, DateTimeOffset silentSince) =>
        tx.ListAsync<DeadUpload>(
            """
            SELECT id, project_id, upload_id FROM images
            WHERE status = 'saving' AND upload_at < @silentSince ORDER BY upload_at LIMIT 500
            """,
            new { silentSince }
        );

    /// <summary>Which of these images name an upload, tombstones included.</summary>
    public static ValueTask<IReadOnlyList<NamedUpload>> ListNamedUploadsAsync(
        this Tx tx,
        IReadOnlyCollection<string> images
    ) =>
        tx.ListAsync<NamedUpload>(
            "SELECT id, upload_id FROM images WHERE id IN @images AND upload_id IS NOT NULL",
            new { images }
        );
}

/// <summary>What was found out while a file streamed by. Hashes in hex.</summary>
internal sealed record FileFacts(long Size, long VirtualSize, string Md5, string Sha512);

internal sealed record DeadUpload
{
    public ImageId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string UploadId { get; init; } = "";
}

internal sealed record NamedUpload
{
    public ImageId Id { get; init; }
    public string UploadId { get; init; } = "";
}
