using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Sweeps;

/// <summary>
/// Where the records have ports and networks. A port is on its host under the lock of its server; a network is where a
/// port of it is, deleted ones that their host still has included. What a host may have of a router that was moved is where it
/// was: whatever converges the router has it removed, in its order.
/// </summary>
internal sealed class PortLedger : ILedger
{
    private const string Places =
        "SELECT id, network_id, server_id, host_id, updated_at, (SELECT r.router_id FROM router_ports r WHERE r.port_id = ports.id) AS router_id FROM ports";

    public async ValueTask<IReadOnlyList<LedgerRecord>> ReadAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        var here = await tx.ListAsync<PortPlace>($"{Places} WHERE host_id = @host ORDER BY id", new { host });
        var copies = await tx.ListCopiedPortsAsync(host);
        var known = here.Select(p => p.Id).Union(copies.Keys).ToHashSet();
        var ports = Ids(held, HoldingKind.Port).Select(id => new PortId(id)).ToList();
        var others = ports.Except(known).Select(id => id.ToString());
        var elsewhere = await tx.InChunksAsync<PortPlace>($"{Places} WHERE id IN @ids ORDER BY id", others);
        var copied = ports.Where(copies.ContainsKey).Except(here.Select(p => p.Id)).Select(id => copies[id]);
        var plugged = here.Select(p => p.NetworkId).Union(copies.Values.Select(c => c.NetworkId)).ToHashSet();
        return
        [
            .. here.Concat(elsewhere).Select(Record),
            .. copied.Select(Record),
            .. await NetworksAsync(tx, host, plugged, held),
        ];
    }

    private static LedgerRecord Record(CopyRow copy) =>
        new(new(HoldingKind.Port, copy.PortId.Value, copy.NetworkId.Value), copy.HostId, $"router/{copy.RouterId}");

    private static LedgerRecord Record(PortPlace port) =>
        new(
            new(HoldingKind.Port, port.Id.Value, port.NetworkId.Value),
            port.HostId,
            port.ServerId is { } server ? $"server/{server}"
                : port.RouterId is { } router ? $"router/{router}"
                : $"port/{port.Id}",
            port.HostId is null ? port.UpdatedAt : null
        );

    /// <summary>Those that the host holds: of one that is missing, the ports are missing, too.</summary>
    private static async ValueTask<IEnumerable<LedgerRecord>> NetworksAsync(
        Tx tx,
        HostId host,
        IReadOnlySet<NetworkId> plugged,
        IReadOnlyList<Holding> held
    )
    {
        var networks = await tx.InChunksAsync<NetworkPlace>(
            """
            SELECT n.id,
                (SELECT MAX(p.updated_at) FROM ports p WHERE p.network_id = n.id AND p.host_id IS NULL) AS freed_at,
                (SELECT MAX(r.removed_at) FROM removals r WHERE r.parent = n.id) AS removed_at
            FROM networks n WHERE n.id IN @ids ORDER BY n.id
            """,
            Ids(held, HoldingKind.Network).Select(id => id.ToString())
        );
        return networks.Select(n => new LedgerRecord(
            new(HoldingKind.Network, n.Id.Value),
            plugged.Contains(n.Id) ? host : null,
            $"network/{n.Id}",
            n.FreedAt > n.RemovedAt || n.RemovedAt is null ? n.FreedAt : n.RemovedAt
        ));
    }

    private static IEnumerable<Guid> Ids(IEnumerable<Holding> held, HoldingKind kind) =>
        held.Where(h => h.Kind == kind).Select(h => h.Id);

    private sealed record PortPlace
    {
        public PortId Id { get; init; }
        public NetworkId NetworkId { get; init; }
        public ServerId? ServerId { get; init; }
        public HostId? HostId { get; init; }
        public RouterId? RouterId { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
    }

    private sealed record NetworkPlace
    {
        public NetworkId Id { get; init; }
        public DateTimeOffset? FreedAt { get; init; }
        public DateTimeOffset? RemovedAt { get; init; }
    }
}
