using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

/// <summary>A host lives. Kept in memory; the database is written only when it was down.</summary>
internal sealed class Heartbeat(Database db, HostConnections connections, TimeProvider time)
{
    [Function("hosts-heartbeat"), Policy("hosts:heartbeat", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/heartbeat")] HttpRequest request,
        HostId host
    )
    {
        var before = connections.LastSeen(host);
        connections.Saw(host);
        if (before is null || time.GetUtcNow() - before > HostConnections.Silence)
            await db.WriteAsync(tx => tx.SetSeenAsync(host, time.GetUtcNow()));
        return Answer.NoContent();
    }
}
