using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>The SQL of attachments. Who changes one holds its volume.</summary>
internal static class AttachmentStore
{
    private const int Chunk = 500;

    public const string Columns = """
        id, volume_id, project_id, server_id, claimed, guest_host_id, host_name, connector, device, attach_mode, status,
        connection, secret_id, attached_at, created_at, updated_at, version
        """;

    public static ValueTask<Attachment?> FindAttachmentAsync(this Tx tx, AttachmentId id) =>
        tx.FindAsync<Attachment>($"SELECT {Columns} FROM volume_attachments WHERE id = @id", new { id });

    /// <summary>The attachment and its volume, on which nobody else decides until this transaction ends; nulls when it is gone.</summary>
    public static async ValueTask<(Attachment? Attachment, Volume? Volume)> LockAttachmentAsync(
        this Tx tx,
        AttachmentId id
    )
    {
        if (
            await tx.FindAttachmentAsync(id) is not { } seen
            || await tx.LockVolumeAsync(seen.VolumeId) is not { } volume
        )
            return (null, null);
        return await tx.FindAttachmentAsync(id) is { } held ? (held, volume) : (null, null);
    }

    /// <summary>Oldest first.</summary>
    public static ValueTask<IReadOnlyList<Attachment>> ListAttachmentsAsync(this Tx tx, VolumeId volume) =>
        tx.ListAsync<Attachment>(
            $"SELECT {Columns} FROM volume_attachments WHERE volume_id = @volume ORDER BY created_at, id",
            new { volume }
        );

    /// <summary>Those of several volumes, oldest first.</summary>
    public static async ValueTask<ILookup<VolumeId, Attachment>> ListAttachmentsAsync(
        this Tx tx,
        IEnumerable<Volume> volumes
    )
    {
        var found = new List<Attachment>();
        foreach (var chunk in volumes.Select(v => $"{v.Id}").Chunk(Chunk))
            found.AddRange(
                await tx.ListAsync<Attachment>(
                    $"SELECT {Columns} FROM volume_attachments WHERE volume_id IN @chunk ORDER BY created_at, id",
                    new { chunk }
                )
            );
        return found.ToLookup(a => a.VolumeId);
    }

    public static async ValueTask AddAttachmentAsync(this Tx tx, Attachment attachment) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO volume_attachments ({Columns}) VALUES (@Id, @VolumeId, @ProjectId, @ServerId, @Claimed, @GuestHostId,
                @HostName, @Connector, @Device, @AttachMode, @Status, @Connection, @SecretId, @AttachedAt, @now, NULL, 1)
            """,
            attachment
        );

    public static async ValueTask SaveAttachmentAsync(this Tx tx, Attachment attachment) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_attachments SET server_id = @ServerId, guest_host_id = @GuestHostId, host_name = @HostName,
                connector = @Connector, device = @Device, attach_mode = @AttachMode, status = @Status,
                connection = @Connection, secret_id = @SecretId, attached_at = @AttachedAt, updated_at = @now,
                version = version + 1
            WHERE id = @Id
            """,
            attachment
        );

    /// <summary>Its end, its secret with it. A way that is open all the same may be closed from then on.</summary>
    public static async ValueTask DeleteAttachmentAsync(this Tx tx, Attachment attachment)
    {
        await tx.DeleteSecretsAsync(Attachment.ResourceOf(attachment.Id));
        await tx.ExecuteAsync("DELETE FROM volume_attachments WHERE id = @Id", new { attachment.Id });
        if (attachment.Connector is not null)
            await tx.RecordRemovalAsync(Removals.Attachment, $"{attachment.Id}", $"{attachment.VolumeId}");
    }

    /// <summary>What a volume shows by its attachments alone.</summary>
    public static async ValueTask<string> ShownAsync(this Tx tx, Volume volume) =>
        AttachStatus.ShownBy((await tx.ListAttachmentsAsync(volume.Id)).Select(a => a.Status));

    /// <summary>Shows on a volume that is held what its attachments say by now.</summary>
    public static async ValueTask<Volume> FollowAsync(this Tx tx, Volume volume)
    {
        var followed = volume.Following(await tx.ListAttachmentsAsync(volume.Id));
        if (followed.Status != volume.Status)
            await tx.SaveVolumeAsync(followed);
        return followed;
    }
}
