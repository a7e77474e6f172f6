using Pipeline.Data;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Ports;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

/// <summary>All SQL of floating addresses.</summary>
internal static class FloatingIpStore
{
    private const string Columns = """
        id, project_id, description, floating_network_id, floating_port_id, floating_ip_address, port_id, fixed_ip_address,
        router_id, status, revision_number, created_at, updated_at, deleted_at
        """;

    public static readonly ListSource Listed = new(
        Columns,
        "floating_ips",
        "x.project_id = @viewer",
        NeutronFault.FloatingIpNotFound
    )
    {
        Shown = "x.deleted_at IS NULL",
    };

    /// <exception cref="Fault">NotFound, also for another project's.</exception>
    public static async ValueTask<FloatingIpRow> GetFloatingIpAsync(this Tx tx, Caller caller, string id) =>
        FloatingIpId.TryParse(id, out var floating)
        && await tx.FindFloatingIpAsync(floating) is { } row
        && (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            ? row
            : throw NeutronFault.FloatingIpNotFound(id);

    public static ValueTask<FloatingIpRow?> FindFloatingIpAsync(this Tx tx, FloatingIpId id) =>
        tx.FindAsync<FloatingIpRow>(
            $"SELECT {Columns} FROM floating_ips WHERE id = @id AND deleted_at IS NULL",
            new { id }
        );

    /// <summary>Takes the row for this transaction.</summary>
    public static ValueTask<FloatingIpRow?> LockFloatingIpAsync(this Tx tx, FloatingIpId id) =>
        tx.FindAsync<FloatingIpRow>(
            $"UPDATE floating_ips SET status = status WHERE id = @id AND deleted_at IS NULL RETURNING {Columns}",
            new { id }
        );

    public static async ValueTask AddFloatingIpAsync(this Tx tx, FloatingIpRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO floating_ips ({Columns}) VALUES (@Id, @ProjectId, @Description, @FloatingNetworkId, @FloatingPortId,
                @FloatingIpAddress, @PortId, @FixedIpAddress, @RouterId, @Status, 0, @now, @now, NULL)
            """,
            row
        );

    public static async ValueTask UpdateFloatingIpAsync(this Tx tx, FloatingIpRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE floating_ips SET description = @Description, port_id = @PortId, fixed_ip_address = @FixedIpAddress,
                router_id = @RouterId, status = @Status, revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask TouchFloatingIpAsync(this Tx tx, FloatingIpId id) =>
        await tx.ExecuteAsync(
            "UPDATE floating_ips SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    public static async ValueTask BuryFloatingIpAsync(this Tx tx, FloatingIpId id) =>
        await tx.ExecuteAsync(
            "UPDATE floating_ips SET deleted_at = @now, port_id = NULL, fixed_ip_address = NULL WHERE id = @id",
            new { id }
        );

    public static async ValueTask PurgeFloatingIpAsync(this Tx tx, FloatingIpId id) =>
        await tx.ExecuteAsync("DELETE FROM floating_ips WHERE id = @id", new { id });

    /// <summary>What stands for a port's addresses.</summary>
    public static ValueTask<IReadOnlyList<FloatingIpRow>> ListFloatingOfPortAsync(this Tx tx, PortId port) =>
        tx.ListAsync<FloatingIpRow>(
            $"SELECT {Columns} FROM floating_ips WHERE port_id = @port AND deleted_at IS NULL ORDER BY id",
            new { port }
        );

    /// <summary>All that go through a router, tombstones included.</summary>
    public static ValueTask<IReadOnlyList<FloatingIpRow>> ListFloatingOfRouterAsync(this Tx tx, RouterId router) =>
        tx.ListAsync<FloatingIpRow>(
            $"SELECT {Columns} FROM floating_ips WHERE router_id = @router ORDER BY id",
            new { router }
        );

    public static async ValueTask<bool> HasFloatingAtAsync(this Tx tx, RouterId router) =>
        await tx.ScalarAsync<string?>(
            "SELECT id FROM floating_ips WHERE router_id = @router AND deleted_at IS NULL LIMIT 1",
            new { router }
        )
            is not null;

    public static async ValueTask<bool> HasFloatingBehindAsync(this Tx tx, RouterId router, SubnetId subnet) =>
        await tx.ScalarAsync<string?>(
            """
            SELECT f.id FROM floating_ips f JOIN ip_allocations a ON a.port_id = f.port_id AND a.ip = f.fixed_ip_address
            WHERE f.router_id = @router AND f.deleted_at IS NULL AND a.subnet_id = @subnet LIMIT 1
            """,
            new { router, subnet }
        )
            is not null;

    public static async ValueTask<bool> HoldsFloatingAsync(this Tx tx, PortId port) =>
        await tx.ScalarAsync<string?>("SELECT id FROM floating_ips WHERE floating_port_id = @port", new { port })
            is not null;

    public static async ValueTask ActivateFloatingAsync(this Tx tx, IEnumerable<FloatingIpId> ids)
    {
        foreach (var id in ids)
            await tx.ExecuteAsync(
                """
                UPDATE floating_ips SET status = 'ACTIVE', revision_number = revision_number + 1, updated_at = @now
                WHERE id = @id AND status = 'DOWN' AND router_id IS NOT NULL AND deleted_at IS NULL
                """,
                new { id }
            );
    }

    public static async ValueTask<IReadOnlyList<FloatingIpItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<FloatingIpRow> rows
    )
    {
        var tags = await tx.ListTagsAsync(rows.Select(r => r.Id.ToString()));
        var forwardings = await tx.ListForwardingsAsync(rows.Select(r => r.Id));
        var linked = await tx.InChunksAsync<PortRow>(
            $"SELECT {PortStore.Columns} FROM ports WHERE id IN @ids",
            rows.Select(r => r.PortId).OfType<PortId>().Select(p => p.ToString())
        );
        var ports = linked.ToDictionary(p => p.Id);
        return
        [
            .. rows.Select(r => new FloatingIpItem(r, [.. forwardings[r.Id]], [.. tags[r.Id.ToString()]])
            {
                Port = r.PortId is { } port ? ports.GetValueOrDefault(port) : null,
            }),
        ];
    }

    public static async ValueTask<FloatingIpItem> FloatingIpItemAsync(this Tx tx, FloatingIpId id)
    {
        var row = await tx.FindFloatingIpAsync(id) ?? throw NeutronFault.FloatingIpNotFound(id);
        return (await tx.ItemsAsync([row]))[0];
    }
}
