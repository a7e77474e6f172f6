using System.Text.Json;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Placement;
using Pipeline.Data;

namespace Pipeline.Placement.Allocations;

/// <summary>Claims: what a server takes from a host, compared and written in one statement.</summary>
internal sealed class HostAllocations(Ratios ratios) : IAllocations
{
    public async ValueTask<IReadOnlyList<HostView>> ListHostsAsync(Tx tx)
    {
        var hosts = await PlacementStore.ListHostsAsync(tx);
        return
        [
            .. hosts
                .Where(h => h.Vcpus > 0)
                .Select(View)
                .Where(h => HostFactNames.Takes(h.Facts, HostFactNames.Compute)),
        ];
    }

    private HostView View(Hosts.HostRow h) =>
        new(h.Id, h.Name, h.IsUp, h.Enabled, Total(h), Free(h), FactsOf(h.Facts))
        {
            Machine = new(h.Vcpus, h.MemoryMib, h.DiskGib),
            Hypervisor = h.Hypervisor,
            ChangedAt = h.UpdatedAt,
        };

    public async ValueTask<Allocation?> TryClaimAsync(
        Tx tx,
        ServerId server,
        ProjectId project,
        Candidate candidate,
        Resources wanted
    )
    {
        if (await tx.FindAllocationAsync(server) is { } held)
            return held.HostId == candidate.Host ? new(held.HostId, held.HostName) : null;
        if (!await tx.TakeAsync(candidate.Host, wanted, ratios))
            return null;
        await tx.AddAllocationAsync(server, project, candidate.Host, wanted);
        return new(candidate.Host, candidate.HostName);
    }

    public async ValueTask ReleaseAsync(Tx tx, ServerId server)
    {
        if (await tx.FindAllocationAsync(server) is { } held)
            await tx.GiveBackAsync(server, held);
    }

    private Resources Total(Hosts.HostRow host) =>
        new(host.Vcpus * ratios.Cpu, Math.Max(0, host.MemoryMib - ratios.ReservedMemoryMib), host.DiskGib);

    private Resources Free(Hosts.HostRow host)
    {
        var total = Total(host);
        return new(
            total.Vcpus - host.UsedVcpus,
            total.MemoryMib - host.UsedMemoryMib,
            total.DiskGib - host.UsedDiskGib
        );
    }

    private static IReadOnlyDictionary<string, string> FactsOf(string json) =>
        JsonSerializer.Deserialize(json, PlacementJson.Default.IReadOnlyDictionaryStringString)
        ?? new Dictionary<string, string>();
}
