using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Routers;

/// <summary>All SQL of copies: what hosts that routers were taken from may still have of them.</summary>
internal static class RouterCopies
{
    private const string Columns = "router_id, host_id, port_id, network_id";

    public static async ValueTask AddRouterCopyAsync(
        this Tx tx,
        RouterId router,
        HostId host,
        IEnumerable<PortRow> ports
    )
    {
        foreach (var port in ports)
            await tx.ExecuteAsync(
                """
                INSERT INTO router_copies (router_id, host_id, port_id, network_id)
                VALUES (@router, @host, @Id, @NetworkId) ON CONFLICT DO NOTHING
                """,
                new
                {
                    router,
                    host,
                    port.Id,
                    port.NetworkId,
                }
            );
    }

    /// <summary>What takes a router's copies away, an order for each host that has one, or may have.</summary>
    public static async ValueTask<IReadOnlyList<RemoveRouter>> ListCopyRemovalsAsync(this Tx tx, RouterId router)
    {
        var copies = await tx.ListAsync<CopyRow>(
            $"SELECT {Columns} FROM router_copies WHERE router_id = @router ORDER BY host_id, port_id",
            new { router }
        );
        return
        [
            .. copies
                .GroupBy(c => c.HostId)
                .Select(g => new RemoveRouter(
                    g.Key,
                    router,
                    [.. g.Select(c => c.PortId)],
                    [.. g.Select(c => c.NetworkId).Distinct().OrderBy(n => n.Value)]
                )),
        ];
    }

    /// <summary>Routers of which hosts may have copies; of one host, or of all.</summary>
    public static ValueTask<IReadOnlyList<CopyPlace>> ListCopiedRoutersAsync(this Tx tx, HostId? host = null) =>
        tx.ListAsync<CopyPlace>(
            "SELECT DISTINCT router_id, host_id FROM router_copies WHERE @host IS NULL OR host_id = @host ORDER BY router_id, host_id",
            new { host }
        );

    /// <summary>Ports of routers that a host may have copies of, by their ids.</summary>
    public static async ValueTask<IReadOnlyDictionary<PortId, CopyRow>> ListCopiedPortsAsync(this Tx tx, HostId host)
    {
        var copies = await tx.ListAsync<CopyRow>(
            $"SELECT {Columns} FROM router_copies WHERE host_id = @host ORDER BY router_id, port_id",
            new { host }
        );
        return copies.DistinctBy(c => c.PortId).ToDictionary(c => c.PortId);
    }

    public static async ValueTask ForgetCopyAsync(this Tx tx, RouterId router, HostId host) =>
        await tx.ExecuteAsync(
            "DELETE FROM router_copies WHERE router_id = @router AND host_id = @host",
            new { router, host }
        );
}

/// <summary>One port of a router, where a host may have it that is not the router's.</summary>
internal sealed record CopyRow
{
    public RouterId RouterId { get; init; }
    public HostId HostId { get; init; }
    public PortId PortId { get; init; }
    public NetworkId NetworkId { get; init; }
}

internal sealed record CopyPlace
{
    public RouterId RouterId { get; init; }
    public HostId HostId { get; init; }
}
