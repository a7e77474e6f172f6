using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>The orchestrations of one resource (`?resource=server/{id}`), oldest first: a tenant sees its own.</summary>
internal sealed class ListInstances(Database db, DurableTaskClient durable)
{
    [Function("durable-list-instances"), Policy("durable:instances:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "runtime/webhooks/durabletask/instances")]
            HttpRequest request,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var resource = query["resource"] ?? throw query.Wrong("resource", "it is needed, as server/{id}");
        var states = await db.ReadAsync(tx => durable.ListAsync(tx, resource));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartArray();
                foreach (var state in states.Where(s => caller.IsAdmin || s.Project == caller.Project.Value))
                    InstanceView.Write(w, state, caller.IsAdmin);
                w.WriteEndArray();
            }
        );
    }
}
