using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Network.Ports;

namespace Pipeline.Network.Routers;

/// <summary>All SQL of copies: what hosts that routers were taken from may still have of them.</summary>
internal static class RouterCopies
{
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
            "SELECT host_id, port_id, network_id FROM router_copies WHERE router_id = @router ORDER BY host_id, port_id",
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

    public static async ValueTask ForgetCopyAsync(this Tx tx, RouterId router, HostId host) =>
        await tx.ExecuteAsync(
            "DELETE FROM router_copies WHERE router_id = @router AND host_id = @host",
            new { router, host }
        );

    private sealed record CopyRow
    {
        public HostId HostId { get; init; }
        public PortId PortId { get; init; }
        public NetworkId NetworkId { get; init; }
    }
}

internal sealed record CopyPlace
{
    public RouterId RouterId { get; init; }
    public HostId HostId { get; init; }
}
