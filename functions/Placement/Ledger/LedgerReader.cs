using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Placement.Ledger;

/// <summary>Reads all that one comparison needs: a handful of queries a service, however much the host holds.</summary>
internal sealed class LedgerReader(IEnumerable<ILedger> services, DurableTaskClient durable)
{
    /// <summary>How far the clocks of functions hosts may be apart.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    public async ValueTask<IReadOnlyList<LedgerRecord>> RecordsAsync(Tx tx, HostId host, IReadOnlyList<Holding> held)
    {
        var records = new List<LedgerRecord>();
        foreach (var service in services)
            records.AddRange(await service.ReadAsync(tx, host, held));
        return records;
    }

    /// <param name="asked">When the host was asked.</param>
    public async ValueTask<LedgerFacts> FactsAsync(
        Tx tx,
        HostId host,
        DateTimeOffset asked,
        IReadOnlyList<Holding> held
    )
    {
        var records = await RecordsAsync(tx, host, held);
        var resources = records.SelectMany(r => new[] { r.Operated, r.Item.Owner }).Concat(held.Select(h => h.Owner));
        var since = asked - ClockSkew;
        var operated = await durable.ListOperatedAsync(tx, resources, since);
        return new(host, since, records, await RemovalsAsync(tx, held), operated);
    }

    private static async ValueTask<Dictionary<(HoldingKind, Guid), DateTimeOffset>> RemovalsAsync(
        Tx tx,
        IReadOnlyList<Holding> held
    )
    {
        var removals = new Dictionary<(HoldingKind, Guid), DateTimeOffset>();
        foreach (var kind in held.GroupBy(h => h.Kind))
        {
            var ids = kind.Select(h => h.Id.ToString());
            foreach (var removal in await tx.ListRemovalsAsync(NameOf(kind.Key), ids))
                removals[(kind.Key, Guid.Parse(removal.Id))] = removal.RemovedAt;
        }
        return removals;
    }

    private static string NameOf(HoldingKind kind) =>
        kind switch
        {
            HoldingKind.Router => Removals.Router,
            HoldingKind.Port => Removals.Port,
            HoldingKind.Network => Removals.Network,
            HoldingKind.Export => Removals.Attachment,
            HoldingKind.Snapshot => Removals.Snapshot,
            HoldingKind.Volume => Removals.Volume,
            _ => Removals.Server,
        };
}
