using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

/// <summary>
/// A host silent for 60 s is down: nothing new is placed there. Silence is not death: its guests are left alone. What this
/// functions host has heard is told to the others in one transaction, at most every 20 s a host.
/// </summary>
internal sealed class MarkSilentHosts(Database db, HostConnections connections, TimeProvider time)
{
    [Function("hosts-mark-silent")]
    public async Task RunAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer)
    {
        var now = time.GetUtcNow();
        var hosts = (await db.ReadAsync(PlacementStore.ListHostsAsync))
            .Where(h => h.Vcpus > 0) // one that has not told its inventory is not up
            .Select(h => (Host: h, Verdict: VerdictOf(h, now)))
            .Where(h => h.Verdict != LivenessVerdict.Same)
            .ToList();
        if (hosts.Count > 0)
            await db.WriteAsync(async tx =>
            {
                foreach (var (host, verdict) in hosts)
                    if (verdict == LivenessVerdict.Seen)
                        await tx.SetSeenAsync(host.Id, connections.LastSeen(host.Id) ?? now);
                    else
                        await tx.SetSilentAsync(host);
            });
    }

    private LivenessVerdict VerdictOf(HostRow host, DateTimeOffset now) =>
        Liveness.Judge(host, connections.LastSeen(host.Id), connections.StartedAt, now);
}
