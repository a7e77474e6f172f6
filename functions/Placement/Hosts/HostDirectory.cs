using System.Collections.Concurrent;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.Placement.Hosts;

/// <summary>The keys of hosts, from memory where they are known: they never change for one host id.</summary>
internal sealed class HostDirectory(Database db) : IHosts
{
    private readonly ConcurrentDictionary<HostId, HostIdentity> known = new();

    public ValueTask<IReadOnlyList<HostId>> ListUpAsync(Tx tx) => tx.ListUpHostsAsync();

    public async ValueTask<IReadOnlyList<HostStanding>> ListAsync(Tx tx) =>
        [.. (await tx.ListHostsAsync()).Select(h => new HostStanding(h.Id, h.IsUp, h.LastSeen))];

    public async ValueTask<HostIdentity?> FindAsync(HostId id)
    {
        if (known.TryGetValue(id, out var identity))
            return identity;
        if (await db.ReadAsync(tx => tx.FindHostAsync(id)) is not { } row)
            return null;
        return known[id] = new(
            id,
            row.Name,
            Convert.FromBase64String(row.SigningKey),
            Convert.FromBase64String(row.SealingKey)
        );
    }
}
