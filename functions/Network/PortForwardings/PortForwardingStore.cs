using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PortForwardings;

/// <summary>All SQL of port forwardings.</summary>
internal static class PortForwardingStore
{
    private const string Columns =
        "id, floating_ip_id, protocol, external_port, internal_port_id, internal_ip_address, internal_port, description";

    /// <summary>Those of one floating address, for whoever sees that.</summary>
    public static ListSource ListedOf(FloatingIpId floating) =>
        new(Columns, "port_forwardings", "1 = 1", NeutronFault.PortForwardingNotFound)
        {
            Shown = $"x.floating_ip_id = '{floating}'",
        };

    /// <exception cref="Fault">NotFound, also for another floating address's.</exception>
    public static async ValueTask<PortForwardingRow> GetForwardingAsync(this Tx tx, FloatingIpId floating, string id) =>
        PortForwardingId.TryParse(id, out var known)
        && await tx.FindAsync<PortForwardingRow>(
            $"SELECT {Columns} FROM port_forwardings WHERE id = @known AND floating_ip_id = @floating",
            new { known, floating }
        )
            is { } row
            ? row
            : throw NeutronFault.PortForwardingNotFound(id);

    public static async ValueTask AddForwardingAsync(this Tx tx, PortForwardingRow row) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO port_forwardings ({Columns}) VALUES (@Id, @FloatingIpId, @Protocol, @ExternalPort, @InternalPortId,
                @InternalIpAddress, @InternalPort, @Description)
            """,
            row
        );

    public static async ValueTask UpdateForwardingAsync(this Tx tx, PortForwardingRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE port_forwardings SET protocol = @Protocol, external_port = @ExternalPort, internal_port_id = @InternalPortId,
                internal_ip_address = @InternalIpAddress, internal_port = @InternalPort, description = @Description
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask DeleteForwardingAsync(this Tx tx, PortForwardingId id) =>
        await tx.ExecuteAsync("DELETE FROM port_forwardings WHERE id = @id", new { id });

    public static async ValueTask DeleteForwardingsOfAsync(this Tx tx, FloatingIpId floating) =>
        await tx.ExecuteAsync("DELETE FROM port_forwardings WHERE floating_ip_id = @floating", new { floating });

    public static async ValueTask<bool> HasForwardingsAsync(this Tx tx, FloatingIpId floating) =>
        await tx.ScalarAsync<string?>(
            "SELECT id FROM port_forwardings WHERE floating_ip_id = @floating LIMIT 1",
            new { floating }
        )
            is not null;

    /// <summary>Whether one leads to an address of a subnet by way of the router.</summary>
    public static async ValueTask<bool> HasForwardingBehindAsync(this Tx tx, RouterId router, SubnetId subnet) =>
        await tx.ScalarAsync<string?>(
            """
            SELECT p.id FROM floating_ips f JOIN port_forwardings p ON p.floating_ip_id = f.id
            JOIN ip_allocations a ON a.port_id = p.internal_port_id AND a.ip = p.internal_ip_address
            WHERE f.router_id = @router AND f.deleted_at IS NULL AND a.subnet_id = @subnet LIMIT 1
            """,
            new { router, subnet }
        )
            is not null;

    /// <summary>Those that lead to a port.</summary>
    public static ValueTask<IReadOnlyList<PortForwardingRow>> ListForwardingsToAsync(this Tx tx, PortId port) =>
        tx.ListAsync<PortForwardingRow>(
            $"SELECT {Columns} FROM port_forwardings WHERE internal_port_id = @port ORDER BY floating_ip_id, id",
            new { port }
        );

    /// <summary>Those of floating addresses, by protocol and port.</summary>
    public static async ValueTask<ILookup<FloatingIpId, PortForwardingRow>> ListForwardingsAsync(
        this Tx tx,
        IEnumerable<FloatingIpId> floating
    ) =>
        (
            await tx.InChunksAsync<PortForwardingRow>(
                $"""
                SELECT {Columns} FROM port_forwardings WHERE floating_ip_id IN @ids
                ORDER BY floating_ip_id, protocol, external_port
                """,
                floating.Select(f => f.ToString())
            )
        ).ToLookup(p => p.FloatingIpId);

    /// <summary>One with the same port of the same floating address; null where there is none.</summary>
    public static ValueTask<PortForwardingRow?> FindSameOutsideAsync(this Tx tx, PortForwardingRow row) =>
        tx.FindAsync<PortForwardingRow>(
            $"""
            SELECT {Columns} FROM port_forwardings WHERE floating_ip_id = @FloatingIpId AND protocol = @Protocol
                AND external_port = @ExternalPort AND id <> @Id
            """,
            row
        );

    /// <summary>One that leads to the same port of the same address, whatever floating address it has.</summary>
    public static ValueTask<PortForwardingRow?> FindSameInsideAsync(this Tx tx, PortForwardingRow row) =>
        tx.FindAsync<PortForwardingRow>(
            $"""
            SELECT {Columns} FROM port_forwardings WHERE internal_port_id = @InternalPortId
                AND internal_ip_address = @InternalIpAddress AND protocol = @Protocol AND internal_port = @InternalPort
                AND id <> @Id
            """,
            row
        );

    /// <summary>What a router's host is told. Only what leads to an address that its port still has, as of floating addresses.</summary>
    public static async ValueTask<IReadOnlyList<HostForwarding>> ListForwardedAsync(this Tx tx, RouterId router) =>
        [
            .. (
                await tx.ListAsync<Forwarded>(
                    """
                    SELECT f.floating_ip_address, p.protocol, p.external_port, p.internal_ip_address, p.internal_port
                    FROM floating_ips f JOIN port_forwardings p ON p.floating_ip_id = f.id
                    JOIN ip_allocations a ON a.port_id = p.internal_port_id AND a.ip = p.internal_ip_address
                    WHERE f.router_id = @router AND f.deleted_at IS NULL ORDER BY f.id, p.protocol, p.external_port
                    """,
                    new { router }
                )
            ).Select(f => new HostForwarding(
                f.FloatingIpAddress,
                f.Protocol,
                f.ExternalPort,
                f.InternalIpAddress,
                f.InternalPort
            )),
        ];

    private sealed record Forwarded
    {
        public string FloatingIpAddress { get; init; } = "";
        public string Protocol { get; init; } = "";
        public int ExternalPort { get; init; }
        public string InternalIpAddress { get; init; } = "";
        public int InternalPort { get; init; }
    }
}
