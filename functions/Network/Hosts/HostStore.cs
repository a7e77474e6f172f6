using Pipeline.Data;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Hosts;

/// <summary>All SQL of ports as their hosts have them: bindings, what hosts are to be told, tombstones.</summary>
internal static class HostStore
{
    private const string Bound = "SELECT p.id, p.host_id, p.status FROM ports p";
    private const string Live = "p.host_id IS NOT NULL AND p.deleted_at IS NULL";

    public static ValueTask<IReadOnlyList<BoundPort>> ListBoundOnAsync(this Tx tx, NetworkId network) =>
        tx.ListAsync<BoundPort>($"{Bound} WHERE p.network_id = @network AND {Live} ORDER BY p.id", new { network });

    /// <summary>Ports that a policy limits: by their own word, or their network's where they have none.</summary>
    public static ValueTask<IReadOnlyList<BoundPort>> ListBoundLimitedAsync(this Tx tx, QosPolicyId policy) =>
        tx.ListAsync<BoundPort>(
            $"""
            SELECT p.id, p.host_id, p.status FROM ports p WHERE p.qos_policy_id = @policy AND {Live}
            UNION SELECT p.id, p.host_id, p.status FROM networks n JOIN ports p ON p.network_id = n.id
                WHERE n.qos_policy_id = @policy AND p.qos_policy_id IS NULL AND {Live}
            ORDER BY 1
            """,
            new { policy }
        );

    public static async ValueTask SetStaleAsync(this Tx tx, IReadOnlyCollection<PortId> ports, long version)
    {
        foreach (var chunk in ports.Select(p => p.ToString()).Chunk(500))
            await tx.ExecuteAsync(
                "UPDATE ports SET stale_version = @version WHERE id IN @chunk",
                new { version, chunk }
            );
    }

    public static async ValueTask<HostRefreshRow> WantRefreshAsync(this Tx tx, HostId host) =>
        (
            await tx.FindAsync<HostRefreshRow>(
                """
                INSERT INTO host_refresh (host_id, wanted, taken, done) VALUES (@host, 1, 0, 0)
                ON CONFLICT (host_id) DO UPDATE SET wanted = host_refresh.wanted + 1
                RETURNING host_id, wanted, taken, done
                """,
                new { host }
            )
        )!;

    /// <summary>Hosts that have not confirmed all that was wanted.</summary>
    public static ValueTask<IReadOnlyList<HostRefreshRow>> ListLateRefreshesAsync(this Tx tx) =>
        tx.ListAsync<HostRefreshRow>(
            """
            SELECT host_id, wanted, taken, done FROM host_refresh
            WHERE done < wanted ORDER BY host_id
            """
        );

    /// <summary>What is wanted now is being told.</summary>
    public static ValueTask<HostRefreshRow?> TakeRefreshAsync(this Tx tx, HostId host) =>
        tx.FindAsync<HostRefreshRow>(
            """
            UPDATE host_refresh SET taken = wanted WHERE host_id = @host RETURNING host_id, wanted, taken, done
            """,
            new { host }
        );

    public static async ValueTask SetDoneAsync(this Tx tx, HostId host, long version)
    {
        await tx.ExecuteAsync(
            "UPDATE host_refresh SET done = @version WHERE host_id = @host AND done < @version",
            new { host, version }
        );
        await tx.ForgetNewsAsync(host, version);
        await tx.ForgetNameNewsAsync(host, version);
    }

    /// <summary>Live ports of a host that changed after the version it has confirmed.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListStaleAsync(this Tx tx, HostId host, long done) =>
        tx.ListAsync<PortRow>(
            $"""
            SELECT {PortStore.Columns} FROM ports
            WHERE host_id = @host AND (stale_version > @done OR id IN ({GroupNews.Ports})) AND status = 'ACTIVE'
                AND deleted_at IS NULL
            ORDER BY id
            """,
            new { host, done }
        );

    /// <summary>All that a server has, tombstones included, in the order in which it got them.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListServerPortsAsync(this Tx tx, ServerId server) =>
        tx.ListAsync<PortRow>(
            $"SELECT {PortStore.Columns} FROM ports WHERE server_id = @server ORDER BY attachment",
            new { server }
        );

    public static async ValueTask BindAsync(this Tx tx, PortRow row)
    {
        await tx.ExecuteAsync(
            """
            UPDATE ports SET status = 'BUILD', device_id = @DeviceId, device_owner = @DeviceOwner,
                binding_host = @BindingHost, mechanism = @Mechanism, vif_type = @VifType, port_filter = @PortFilter, server_id = @ServerId, host_id = @HostId, guest_name = @GuestName,
                attachment = @Attachment, made_for_server = @MadeForServer, stale_version = 0,
                bound_version = COALESCE((SELECT wanted FROM host_refresh WHERE host_id = @HostId), 0),
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );
        await tx.PlaceGroupsAsync(row.Id, row.HostId);
    }

    public static async ValueTask UnbindAsync(this Tx tx, PortId id)
    {
        await tx.ExecuteAsync(
            """
            UPDATE ports SET status = 'DOWN', device_id = COALESCE(trunk_id, ''),
                device_owner = CASE WHEN trunk_id IS NULL THEN '' ELSE 'trunk:subport' END, binding_host = '', server_id = NULL,
                host_id = NULL, mechanism = '', vif_type = '', port_filter = 0, guest_name = '', attachment = 0, stale_version = 0,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @id
            """,
            new { id }
        );
        await tx.PlaceGroupsAsync(id, null);
    }

    public static async ValueTask ActivateAsync(this Tx tx, PortId id) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET status = 'ACTIVE', stale_version = 0, revision_number = revision_number + 1,
                updated_at = @now
            WHERE id = @id
            """,
            new { id }
        );

    public static ValueTask<PortRow?> FindBuriedAsync(this Tx tx, PortId id) =>
        tx.FindAsync<PortRow>(
            $"SELECT {PortStore.Columns} FROM ports WHERE id = @id AND deleted_at IS NOT NULL",
            new { id }
        );

    /// <summary>A port that its host has let go of: a tombstone, or what is out of its trunk.</summary>
    public static ValueTask<PortRow?> FindLeftAsync(this Tx tx, PortId id) =>
        tx.FindAsync<PortRow>(
            $"""
            SELECT {PortStore.Columns} FROM ports
            WHERE id = @id AND (deleted_at IS NOT NULL OR (server_id IS NOT NULL AND trunk_id IS NULL AND attachment = 0))
            """,
            new { id }
        );

    /// <summary>Ports that guests of a host are to get by trunks while they run: those whose parents they have already.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListArrivingAsync(this Tx tx, HostId host) =>
        tx.ListAsync<PortRow>(
            $"""
            SELECT {PortStore.Columns} FROM ports
            WHERE host_id = @host AND status = 'BUILD' AND deleted_at IS NULL AND trunk_id IN (
                SELECT t.id FROM trunks t JOIN ports p ON p.id = t.port_id WHERE p.status = 'ACTIVE')
            ORDER BY id
            """,
            new { host }
        );

    /// <summary>A host is told to let go of a port.</summary>
    public static async ValueTask LetGoAsync(this Tx tx, PortId id) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET status = 'DOWN', revision_number = revision_number + 1, updated_at = @now WHERE id = @id
            """,
            new { id }
        );
}

/// <summary>A port that a host has.</summary>
internal sealed record BoundPort
{
    public PortId Id { get; init; }
    public HostId HostId { get; init; }
    public string Status { get; init; } = "";
}

internal sealed record HostRefreshRow
{
    public HostId HostId { get; init; }
    public long Wanted { get; init; }
    public long Taken { get; init; }
    public long Done { get; init; }
}
