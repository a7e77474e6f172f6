using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>An operator lets orchestrations that have ended be forgotten, with their histories: one, or those that a filter finds.</summary>
internal sealed class PurgeInstances(Database db, InstanceReader reader, DurableTaskClient durable)
{
    private const string Rule = "durable:instances:purge";

    [Function("durable-purge-instance"), Policy(Rule, Require.Admin)]
    public async Task<IResult> OneAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = InstanceRoute.One)] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (await reader.FindAsync(tx, id, withSteps: false) is null)
                throw InstanceRoute.NotFound(id);
            if (!await durable.PurgeInstanceAsync(tx, id))
                throw Fault.Conflict($"Orchestration '{id}' runs; only what has ended can be purged.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"instance/{id}"));
        });
        return Deleted(1);
    }

    [Function("durable-purge-instances"), Policy(Rule, Require.Admin)]
    public async Task<IResult> ManyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = InstanceRoute.All)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var filter = FilterOf(request);
        await db.WriteAsync(tx => tx.AuditAsync(caller.Audit(requestId, Rule, "instances")));
        var gone = 0;
        for (var complete = false; !complete; )
        {
            (var some, complete) = await durable.PurgeAllInstancesAsync(filter, ct);
            gone += some;
        }
        return gone > 0 ? Deleted(gone) : throw Fault.NotFound("No orchestration that has ended meets the filter.");
    }

    /// <summary>A filter has a beginning, so that a query that was cut short does not forget everything.</summary>
    private static PurgeInstancesFilter FilterOf(HttpRequest request)
    {
        var query = Query.Of(request);
        var from = query.Time("createdTimeFrom") ?? throw query.Wrong("createdTimeFrom", "it is needed");
        var statuses = InstanceQuery.StatusesOf(query);
        return new(
            from,
            query.Time("createdTimeTo")?.AddMicroseconds(1), // the reference includes it, the engine does not
            Statuses: statuses.Count == 0 ? null : statuses,
            Name: query["name"]
        );
    }

    private static Answer Deleted(int count) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteNumber("instancesDeleted", count);
                w.WriteEndObject();
            }
        );
}
