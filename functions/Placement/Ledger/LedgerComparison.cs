using Pipeline.Contracts.Hosts;

namespace Pipeline.Placement.Ledger;

/// <summary>What the database says of a host, read in one snapshot that is younger than what the host has listed.</summary>
/// <param name="Since">What was operated on or changed since then may look otherwise on the host by now: it is left alone.</param>
/// <param name="Removals">When what is gone was removed.</param>
/// <param name="Operated">Resources that an orchestration held at some time since.</param>
internal sealed record LedgerFacts(
    HostId Host,
    DateTimeOffset Since,
    IReadOnlyList<LedgerRecord> Records,
    IReadOnlyDictionary<(HoldingKind, Guid), DateTimeOffset> Removals,
    IReadOnlySet<string> Operated
);

/// <summary>What a host holds against what it should hold.</summary>
/// <param name="Removed">Held, though recorded as removed: may be reclaimed.</param>
/// <param name="Unexpected">Held, and nothing says that it may be taken away.</param>
/// <param name="Missing">Should be held, and is not.</param>
/// <param name="Moving">Does not fit, but was being operated on: the next sweep sees more.</param>
internal sealed record LedgerFindings(
    IReadOnlyList<Holding> Removed,
    IReadOnlyList<UnexpectedHolding> Unexpected,
    IReadOnlyList<Holding> Missing,
    IReadOnlyList<Holding> Moving
);

/// <param name="Reason">A sentence for the operator.</param>
internal sealed record UnexpectedHolding(Holding Item, string Reason);

/// <summary>Compares what a host holds with what is recorded. Pure: the same input gives the same findings.</summary>
internal static class LedgerComparison
{
    public static LedgerFindings Compare(LedgerFacts facts, IEnumerable<Holding> held)
    {
        var records = facts.Records.ToLookup(r => (r.Item.Kind, r.Item.Id));
        var listed = held.DistinctBy(h => (h.Kind, h.Id)).ToList();
        var there = listed.Select(h => (h.Kind, h.Id)).ToHashSet();
        List<Holding> removed = [];
        List<UnexpectedHolding> unexpected = [];
        List<Holding> missing = [];
        List<Holding> moving = [];
        foreach (var item in listed.OrderBy(h => h.Kind)) // a network after its ports
        {
            var record = records[(item.Kind, item.Id)].FirstOrDefault();
            if (record?.Host == facts.Host)
                continue;
            var removedAt = facts.Removals.TryGetValue((item.Kind, item.Id), out var at) ? at : (DateTimeOffset?)null;
            if (IsMoving(facts, item, record) || removedAt >= facts.Since)
                moving.Add(item);
            else if (record is not null && IsEmptied(item, record, listed, removed))
                removed.Add(item);
            else if (record is not null)
                unexpected.Add(new(item, Misplaced(item, record)));
            else if (removedAt is not null)
                removed.Add(item);
            else
                unexpected.Add(new(item, $"This database has no record of {item.Owner}."));
        }
        foreach (var record in facts.Records)
            if (record.Host == facts.Host && !there.Contains((record.Item.Kind, record.Item.Id)))
                (IsMoving(facts, record.Item, record) ? moving : missing).Add(record.Item);
        return new(removed, unexpected, missing, moving);
    }

    private static bool IsMoving(LedgerFacts facts, Holding item, LedgerRecord? record) =>
        facts.Operated.Contains(item.Owner)
        || (record is not null && (facts.Operated.Contains(record.Operated) || record.ChangedAt >= facts.Since));

    /// <summary>A network of ours that should not be here holds nothing of anybody's, once its ports are gone; its host looks again.</summary>
    private static bool IsEmptied(Holding item, LedgerRecord record, List<Holding> listed, List<Holding> removed) =>
        item.Kind == HoldingKind.Network
        && record.Host is null
        && listed.Where(h => h.Kind == HoldingKind.Port && h.Parent == item.Id).All(removed.Contains);

    private static string Misplaced(Holding item, LedgerRecord record) =>
        record.Host is { } elsewhere ? $"{item.Owner} belongs on host {elsewhere}."
        : item.Kind == HoldingKind.Network ? $"No port of {item.Owner} is on this host."
        : $"{item.Owner} is not on any host.";
}
