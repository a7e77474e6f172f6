using Pipeline.Data;

namespace Pipeline.Image;

/// <summary>The SQL of images.</summary>
internal static partial class ImageStore
{
    private const string Columns = """
        id, project_id, name, status, visibility, disk_format, container_format, min_disk, min_ram, protected, os_hidden,
        size, virtual_size, checksum, sha512, tags, properties, upload_id, created_at, updated_at, version
        """;

    /// <summary>Also a tombstone.</summary>
    public static ValueTask<Image?> FindImageAsync(this Tx tx, ImageId id) =>
        tx.FindAsync<Image>($"SELECT {Columns} FROM images WHERE id = @id", new { id });

    /// <summary>The image if the caller may see it.</summary>
    /// <exception cref="Fault">NotFound otherwise.</exception>
    public static async ValueTask<Image> FindSeenAsync(this Tx tx, ImageId id, Caller caller) =>
        await tx.FindImageAsync(id) is { } image && image.IsSeenBy(caller) ? image : throw Image.Unknown(id);

    /// <summary>The image if the caller may change it.</summary>
    /// <exception cref="Fault">NotFound when the caller cannot see it; Forbidden when it is another project's.</exception>
    public static async ValueTask<Image> FindOwnAsync(this Tx tx, ImageId id, Caller caller, string rule)
    {
        var image = await tx.FindSeenAsync(id, caller);
        return image.IsChangedBy(caller)
            ? image
            : throw Fault.Forbidden($"Policy doesn't allow {rule} to be performed on image {id}.");
    }

    /// <summary>False when the id is taken, be it by a tombstone.</summary>
    public static async ValueTask<bool> TryAddImageAsync(this Tx tx, Image image) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO images ({Columns}) VALUES (@Id, @ProjectId, @Name, @Status, @Visibility, @DiskFormat,
                @ContainerFormat, @MinDisk, @MinRam, @Protected, @OsHidden, NULL, NULL, NULL, NULL, @Tags, @Properties,
                NULL, @now, @now, 1)
            ON CONFLICT (id) DO NOTHING
            """,
            image
        ) == 1;

    /// <summary>Writes what tenants may change; false when somebody else wrote since <paramref name="image"/> was read.</summary>
    public static async ValueTask<bool> TrySaveImageAsync(this Tx tx, Image image) =>
        await tx.ExecuteAsync(
            """
            UPDATE images SET project_id = @ProjectId, name = @Name, visibility = @Visibility, disk_format = @DiskFormat,
                container_format = @ContainerFormat, min_disk = @MinDisk, min_ram = @MinRam, protected = @Protected,
                os_hidden = @OsHidden, tags = @Tags, properties = @Properties, updated_at = @now, version = version + 1
            WHERE id = @Id AND version = @Version AND status <> 'deleted'
            """,
            image
        ) == 1;

    /// <summary>Makes the image a tombstone.</summary>
    public static async ValueTask BuryImageAsync(this Tx tx, ImageId id) =>
        await tx.ExecuteAsync(
            "UPDATE images SET status = 'deleted', updated_at = @now, version = version + 1 WHERE id = @id",
            new { id }
        );

    /// <summary>Removes a tombstone; a living image stays.</summary>
    public static async ValueTask RemoveImageAsync(this Tx tx, ImageId id) =>
        await tx.ExecuteAsync("DELETE FROM images WHERE id = @id AND status = 'deleted'", new { id });
}
