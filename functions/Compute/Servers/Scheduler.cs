using Pipeline.Contracts.Placement;

namespace Pipeline.Compute.Servers;

/// <summary>Filters and ranks hosts: pure. The roomiest host comes first, so that load spreads; names break ties.</summary>
internal sealed class Scheduler
{
    /// <param name="places">Hosts of volumes that are reached from there alone.</param>
    public Candidates Rank(IReadOnlyList<HostView> hosts, Resources wanted, IReadOnlyCollection<HostId> places)
    {
        var rejections = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var fitting = new List<HostView>();
        foreach (var host in hosts)
            if (RejectedBy(host, wanted, places) is { } constraint)
                rejections[constraint] = rejections.GetValueOrDefault(constraint) + 1;
            else
                fitting.Add(host);
        var ranked = fitting
            .OrderByDescending(h => h.Free.MemoryMib)
            .ThenByDescending(h => h.Free.Vcpus)
            .ThenBy(h => h.Name, StringComparer.Ordinal)
            .Select(h => new Candidate(h.Id, h.Name, h.Free));
        return new([.. ranked], rejections, hosts.Count);
    }

    public static Fault NoValidHost(Candidates candidates)
    {
        var reasons = candidates.Rejections.Select(r => $"{r.Value} rejected by {r.Key}").ToList();
        var lost = candidates.Ranked.Count;
        if (lost > 0)
            reasons.Add($"{lost} taken by others meanwhile");
        var why = candidates.Hosts == 0 ? "no host has joined" : string.Join(", ", reasons);
        return new(FaultCode.NoValidHost, $"No valid host was found. Of {candidates.Hosts} hosts: {why}.");
    }

    private static string? RejectedBy(HostView host, Resources wanted, IReadOnlyCollection<HostId> places) =>
        places.Any(place => place != host.Id) ? "volumes (that are reached from their own host alone)"
        : !host.Up ? "state (the host is down)"
        : !host.Enabled ? "state (the host is disabled)"
        : host.Free.Vcpus < wanted.Vcpus ? $"vcpus (of {wanted.Vcpus} wanted)"
        : host.Free.MemoryMib < wanted.MemoryMib ? $"memory (of {wanted.MemoryMib} MiB wanted)"
        : host.Free.DiskGib < wanted.DiskGib ? $"disk (of {wanted.DiskGib} GiB wanted)"
        : null;
}
