using Pipeline.Data;

namespace Pipeline.Compute.Volumes;

/// <summary>The SQL of servers' volumes.</summary>
internal static class ServerVolumeStore
{
    private const int Chunk = 500;

    private const string Columns = """
        attachment_id, server_id, volume_id, project_id, device, boot_index, delete_on_termination, storage_host_id,
        name_id, connection, beside
        """;

    public static ValueTask<ServerVolume?> FindServerVolumeAsync(this Tx tx, AttachmentId id) =>
        tx.FindAsync<ServerVolume>($"SELECT {Columns} FROM server_volumes WHERE attachment_id = @id", new { id });

    /// <summary>Those that the server shows, by their names in the guest.</summary>
    public static ValueTask<IReadOnlyList<ServerVolume>> ListServerVolumesAsync(this Tx tx, ServerId server) =>
        tx.ListAsync<ServerVolume>(
            $"SELECT {Columns} FROM server_volumes WHERE server_id = @server AND beside IS NULL ORDER BY device",
            new { server }
        );

    /// <summary>All that are held for the server: besides, those that come or go by a swap.</summary>
    public static ValueTask<IReadOnlyList<ServerVolume>> ListHeldVolumesAsync(this Tx tx, ServerId server) =>
        tx.ListAsync<ServerVolume>(
            $"SELECT {Columns} FROM server_volumes WHERE server_id = @server ORDER BY device, attachment_id",
            new { server }
        );

    /// <summary>The one that stands beside this attachment; null for none.</summary>
    public static ValueTask<ServerVolume?> FindBesideAsync(this Tx tx, ServerId server, AttachmentId id) =>
        tx.FindAsync<ServerVolume>(
            $"SELECT {Columns} FROM server_volumes WHERE server_id = @server AND beside = @id",
            new { server, id }
        );

    /// <summary>Those of several servers, by their names in the guests.</summary>
    public static async ValueTask<ILookup<ServerId, VolumeId>> ListServerVolumesAsync(
        this Tx tx,
        IEnumerable<ServerId> servers
    )
    {
        var found = new List<ServerVolume>();
        foreach (var chunk in servers.Select(s => $"{s}").Chunk(Chunk))
            found.AddRange(
                await tx.ListAsync<ServerVolume>(
                    $"SELECT {Columns} FROM server_volumes WHERE server_id IN @chunk AND beside IS NULL ORDER BY server_id, device",
                    new { chunk }
                )
            );
        return found.ToLookup(v => v.ServerId, v => v.VolumeId);
    }

    public static async ValueTask AddServerVolumeAsync(this Tx tx, ServerVolume volume) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO server_volumes ({Columns}, created_at) VALUES (@AttachmentId, @ServerId, @VolumeId, @ProjectId,
                @Device, @BootIndex, @DeleteOnTermination, @StorageHostId, @NameId, @Connection, @Beside, @now)
            """,
            volume
        );

    public static async ValueTask SaveServerVolumeAsync(this Tx tx, ServerVolume volume) =>
        await tx.ExecuteAsync(
            """
            UPDATE server_volumes SET device = @Device, boot_index = @BootIndex, delete_on_termination = @DeleteOnTermination,
                storage_host_id = @StorageHostId, name_id = @NameId, connection = @Connection, beside = @Beside
            WHERE attachment_id = @AttachmentId
            """,
            volume
        );

    public static async ValueTask DeleteServerVolumeAsync(this Tx tx, AttachmentId id) =>
        await tx.ExecuteAsync("DELETE FROM server_volumes WHERE attachment_id = @id", new { id });
}
