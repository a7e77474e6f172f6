using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Runtime;
using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

/// <summary>A host lives. Kept in memory; the database is written only when it was down, or tells how far it is with long steps.</summary>
internal sealed class Heartbeat(Database db, HostConnections connections, DurableTaskClient durable, TimeProvider time)
{
    [Function("hosts-heartbeat"), Policy("hosts:heartbeat", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/heartbeat")] HttpRequest request,
        HostId host,
        CancellationToken ct
    )
    {
        var beat = await request.FindMessageAsync<HostBeat>(ct);
        var before = connections.LastSeen(host);
        connections.Saw(host);
        if (before is null || time.GetUtcNow() - before > HostConnections.Silence)
            await db.WriteAsync(tx => tx.SetSeenAsync(host, time.GetUtcNow()));
        if (beat is { Steps.Count: > 0 })
            await db.WriteAsync(tx => durable.TellProgressAsync(tx, host, beat.Steps));
        return Answer.NoContent();
    }
}
