using Pipeline.Data;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Routers;

/// <summary>All SQL of routers as their hosts have them: where they are, and what hosts are to be told.</summary>
internal static class RouterPlaces
{
    public static ValueTask<RouterRow?> WantRouterAsync(this Tx tx, RouterId id) =>
        tx.FindAsync<RouterRow>(
            $"UPDATE routers SET wanted = wanted + 1 WHERE id = @id RETURNING {RouterStore.Columns}",
            new { id }
        );

    /// <summary>What is wanted now is being told; also of a tombstone.</summary>
    public static ValueTask<RouterRow?> TakeRouterAsync(this Tx tx, RouterId id) =>
        tx.FindAsync<RouterRow>(
            $"UPDATE routers SET taken = wanted WHERE id = @id RETURNING {RouterStore.Columns}",
            new { id }
        );

    public static ValueTask<RouterRow?> FindAnyRouterAsync(this Tx tx, RouterId id) =>
        tx.FindAsync<RouterRow>($"SELECT {RouterStore.Columns} FROM routers WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<RouterId>> ListRoutersAtAsync(this Tx tx, HostId host) =>
        tx.ListAsync<RouterId>("SELECT id FROM routers WHERE host_id = @host ORDER BY id", new { host });

    /// <summary>Routers whose last change no host has confirmed.</summary>
    public static ValueTask<IReadOnlyList<RouterRow>> ListLateRoutersAsync(this Tx tx) =>
        tx.ListAsync<RouterRow>($"SELECT {RouterStore.Columns} FROM routers WHERE done < wanted ORDER BY id");

    public static async ValueTask PlaceRouterAsync(this Tx tx, RouterId id, HostId? host) =>
        await tx.ExecuteAsync("UPDATE routers SET host_id = @host, confirmed = 0 WHERE id = @id", new { id, host });

    public static async ValueTask ConfirmRouterAsync(this Tx tx, RouterId id, long version) =>
        await tx.ExecuteAsync(
            """
            UPDATE routers SET confirmed = CASE WHEN host_id IS NULL THEN 0 ELSE 1 END,
                done = CASE WHEN done < @version THEN @version ELSE done END
            WHERE id = @id
            """,
            new { id, version }
        );

    public static async ValueTask PurgeRouterAsync(this Tx tx, RouterId id)
    {
        await tx.ExecuteAsync("DELETE FROM routers WHERE id = @id", new { id });
        await tx.RecordRemovalAsync(Removals.Router, id.ToString());
    }

    /// <summary>Its deleted ports, which its host still has, or may have.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListBuriedPortsAsync(this Tx tx, RouterId router) =>
        tx.ListAsync<PortRow>(
            $"""
            SELECT {PortStore.Columns} FROM ports
            WHERE id IN (SELECT port_id FROM router_ports WHERE router_id = @router) AND deleted_at IS NOT NULL ORDER BY id
            """,
            new { router }
        );

    public static async ValueTask BindRouterPortAsync(this Tx tx, PortRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET status = 'BUILD', binding_host = @BindingHost, host_id = @HostId, mechanism = @Mechanism,
                vif_type = @VifType, port_filter = @PortFilter, stale_version = 0,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask UnbindRouterPortAsync(this Tx tx, PortId id) =>
        await tx.ExecuteAsync(
            """
            UPDATE ports SET status = 'DOWN', binding_host = '', host_id = NULL, mechanism = '', vif_type = '', port_filter = 0,
                stale_version = 0,
                revision_number = revision_number + 1, updated_at = @now
            WHERE id = @id
            """,
            new { id }
        );

    /// <summary>A port is free of its router, and whoever had it may have another use for it.</summary>
    public static async ValueTask ForgetRouterPortAsync(this Tx tx, PortId id) =>
        await tx.ExecuteAsync("DELETE FROM router_ports WHERE port_id = @id", new { id });
}
