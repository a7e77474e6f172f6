using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

/// <summary>A host silent for 60 s is down: nothing new is placed there. Silence is not death: its guests are left alone.</summary>
internal sealed class MarkSilentHosts(Database db, HostConnections connections, TimeProvider time)
{
    [Function("hosts-mark-silent")]
    public async Task RunAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer)
    {
        var hosts = await db.ReadAsync(PlacementStore.ListHostsAsync);
        foreach (var host in hosts.Where(h => h.IsUp && IsSilent(h.Id)))
            await db.WriteAsync(tx => tx.SetStateAsync(host.Id, "down"));
    }

    /// <summary>A functions host that has just started gives every host the full time to come back.</summary>
    private bool IsSilent(HostId host) =>
        time.GetUtcNow() - (connections.LastSeen(host) ?? connections.StartedAt) > HostConnections.Silence;
}
