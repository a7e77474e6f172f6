using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Sweeps;

/// <summary>Where the records have routers: on their host under their own lock, deleted ones that it still has included, and copies that are to go.</summary>
internal sealed class RouterLedger : ILedger
{
    private const string Places = "SELECT id, host_id, updated_at FROM routers";

    public async ValueTask<IReadOnlyList<LedgerRecord>> ReadAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        // A place that the host has not confirmed yet is no promise.
        var here = await tx.ListAsync<RouterPlace>(
            $"{Places} WHERE host_id = @host AND confirmed = 1 ORDER BY id",
            new { host }
        );
        var known = here.Select(r => r.Id.Value).ToHashSet();
        var others = held.Where(h => h.Kind == HoldingKind.Router && !known.Contains(h.Id))
            .Select(h => h.Id.ToString());
        var elsewhere = await tx.InChunksAsync<RouterPlace>($"{Places} WHERE id IN @ids ORDER BY id", others);
        var copied = (await tx.ListCopiedRoutersAsync(host)).Select(c => c.RouterId).ToHashSet();
        return
        [
            .. here.Select(Record),
            .. elsewhere.Select(r => Record(copied.Contains(r.Id) ? r with { HostId = host } : r)),
        ];
    }

    private static LedgerRecord Record(RouterPlace router) =>
        new(
            new(HoldingKind.Router, router.Id.Value),
            router.HostId,
            $"router/{router.Id}",
            router.HostId is null ? router.UpdatedAt : null
        );

    private sealed record RouterPlace
    {
        public RouterId Id { get; init; }
        public HostId? HostId { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
    }
}
