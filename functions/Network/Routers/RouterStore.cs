using Pipeline.Data;
using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Ipam;
using Pipeline.Network.Ports;
using Pipeline.Network.Subnets;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

/// <summary>All SQL of routers as tenants see them.</summary>
internal static class RouterStore
{
    public const string Columns = """
        id, project_id, name, description, admin_state_up, gateway_network_id, gateway_port_id, enable_snat, routes,
        availability_zone_hints, host_id, confirmed, wanted, taken, done, revision_number, created_at, updated_at, deleted_at
        """;

    public static readonly ListSource Listed = new(
        Columns,
        "routers",
        "x.project_id = @viewer",
        NeutronFault.RouterNotFound
    )
    {
        Shown = "x.deleted_at IS NULL",
    };

    /// <exception cref="Fault">NotFound, also for another project's.</exception>
    public static async ValueTask<RouterRow> GetRouterAsync(this Tx tx, Caller caller, string id) =>
        RouterId.TryParse(id, out var router)
        && await tx.FindRouterAsync(router) is { } row
        && (caller.IsAdmin || caller.ProjectId == row.ProjectId)
            ? row
            : throw NeutronFault.RouterNotFound(id);

    /// <summary>The same, taken for this transaction: who changes a router comes before or after.</summary>
    public static async ValueTask<RouterRow> LockRouterAsync(this Tx tx, Caller caller, string id)
    {
        var router = await tx.GetRouterAsync(caller, id);
        return await tx.LockRouterAsync(router.Id) ?? throw NeutronFault.RouterNotFound(id);
    }

    public static ValueTask<RouterRow?> LockRouterAsync(this Tx tx, RouterId id) =>
        tx.FindAsync<RouterRow>(
            $"UPDATE routers SET wanted = wanted WHERE id = @id AND deleted_at IS NULL RETURNING {Columns}",
            new { id }
        );

    public static ValueTask<RouterRow?> FindRouterAsync(this Tx tx, RouterId id) =>
        tx.FindAsync<RouterRow>($"SELECT {Columns} FROM routers WHERE id = @id AND deleted_at IS NULL", new { id });

    public static async ValueTask AddRouterAsync(this Tx tx, RouterRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO routers ({Columns}) VALUES (@Id, @ProjectId, @Name, @Description, @AdminStateUp, NULL, NULL, 1, '',
                @AvailabilityZoneHints, NULL, 0, 0, 0, 0, 1, @now, @now, NULL)
            """,
            row
        );

    public static async ValueTask UpdateRouterAsync(this Tx tx, RouterRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE routers SET name = @Name, description = @Description, admin_state_up = @AdminStateUp,
                gateway_network_id = @GatewayNetworkId, gateway_port_id = @GatewayPortId, enable_snat = @EnableSnat,
                routes = @Routes, revision_number = revision_number + 1, updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask TouchRouterAsync(this Tx tx, RouterId id) =>
        await tx.ExecuteAsync(
            "UPDATE routers SET revision_number = revision_number + 1, updated_at = @now WHERE id = @id",
            new { id }
        );

    public static async ValueTask BuryRouterAsync(this Tx tx, RouterId id) =>
        await tx.ExecuteAsync(
            """
            UPDATE routers SET deleted_at = @now, gateway_network_id = NULL, gateway_port_id = NULL, updated_at = @now
            WHERE id = @id
            """,
            new { id }
        );

    /// <summary>Its ports that nobody has deleted, the gateway's among them.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListRouterPortsAsync(this Tx tx, RouterId router) =>
        tx.ListAsync<PortRow>(
            $"""
            SELECT {PortStore.Columns} FROM ports
            WHERE id IN (SELECT port_id FROM router_ports WHERE router_id = @router) AND deleted_at IS NULL ORDER BY id
            """,
            new { router }
        );

    public static async ValueTask AddRouterPortAsync(this Tx tx, RouterId router, PortId port, bool isGateway) =>
        await tx.ExecuteAsync(
            "INSERT INTO router_ports (port_id, router_id, is_gateway) VALUES (@port, @router, @isGateway)",
            new
            {
                port,
                router,
                isGateway,
            }
        );

    /// <summary>The router that a port belongs to; null for any other port.</summary>
    public static async ValueTask<RouterId?> FindRouterOfAsync(this Tx tx, PortId port) =>
        await tx.ScalarAsync<string?>("SELECT router_id FROM router_ports WHERE port_id = @port", new { port })
            is { } text
        && RouterId.TryParse(text, out var router)
            ? router
            : null;

    /// <summary>Routers that have a port on a network.</summary>
    public static ValueTask<IReadOnlyList<RouterId>> ListRoutersOnAsync(this Tx tx, NetworkId network) =>
        tx.ListAsync<RouterId>(
            """
            SELECT DISTINCT r.router_id FROM ports p JOIN router_ports r ON r.port_id = p.id
            WHERE p.network_id = @network AND p.device_owner LIKE 'network:router%' ORDER BY 1
            """,
            new { network }
        );

    /// <summary>The router between a subnet and an external network; null where there is none.</summary>
    public static ValueTask<RouterRow?> FindRouterBetweenAsync(this Tx tx, SubnetId subnet, NetworkId external) =>
        tx.FindAsync<RouterRow>(
            $"""
            SELECT {Columns} FROM routers WHERE gateway_network_id = @external AND deleted_at IS NULL AND id IN (
                SELECT r.router_id FROM ip_allocations a JOIN router_ports r ON r.port_id = a.port_id
                JOIN ports p ON p.id = a.port_id
                WHERE a.subnet_id = @subnet AND r.is_gateway = 0 AND p.deleted_at IS NULL)
            ORDER BY id LIMIT 1
            """,
            new { subnet, external }
        );

    /// <summary>A router's port that has a subnet's gateway address.</summary>
    public static async ValueTask<PortId?> FindGatewayPortAsync(this Tx tx, SubnetRow subnet) =>
        subnet.GatewayIp is not null
        && await tx.ScalarAsync<string?>(
            """
            SELECT r.port_id FROM ip_allocations a JOIN router_ports r ON r.port_id = a.port_id
            WHERE a.subnet_id = @Id AND a.ip = @GatewayIp
            """,
            new { subnet.Id, subnet.GatewayIp }
        )
            is { } text
        && PortId.TryParse(text, out var port)
            ? port
            : null;

    public static async ValueTask<bool> HasGatewaysAsync(this Tx tx, NetworkId external) =>
        await tx.ScalarAsync<string?>(
            "SELECT id FROM routers WHERE gateway_network_id = @external AND deleted_at IS NULL LIMIT 1",
            new { external }
        )
            is not null;

    public static async ValueTask<IReadOnlyList<RouterItem>> ItemsAsync(this Tx tx, IReadOnlyList<RouterRow> rows)
    {
        var tags = await tx.ListTagsAsync(rows.Select(r => r.Id.ToString()));
        var gateways = rows.Where(r => r.GatewayPortId is not null).Select(r => r.GatewayPortId.ToString()!);
        var addresses = (await tx.ListAllocationsAsync(gateways)).ToLookup(a => a.PortId);
        var zones = await tx.ZonesOfAsync(rows.Select(r => r.HostId).OfType<HostId>());
        return
        [
            .. rows.Select(r => new RouterItem(
                r,
                r.GatewayPortId is { } port ? [.. addresses[port]] : [],
                [.. tags[r.Id.ToString()]]
            )
            {
                Zone = r.HostId is { } host ? zones.GetValueOrDefault(host) : null,
            }),
        ];
    }

    public static async ValueTask<RouterItem> RouterItemAsync(this Tx tx, RouterId id)
    {
        var row = await tx.FindRouterAsync(id) ?? throw NeutronFault.RouterNotFound(id);
        return (await tx.ItemsAsync([row]))[0];
    }
}
