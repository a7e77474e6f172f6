using Pipeline.Data;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>
/// Orchestrations, oldest first, a page at a time: a tenant's own, an operator's all. Those of one resource
/// (`?resource=server/{id}`) are shown with their steps.
/// </summary>
internal sealed class ListInstances(Database db, InstanceReader reader, KnownHosts hosts)
{
    [Function("durable-list-instances"), Policy("durable:instances:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InstanceRoute.All)] HttpRequest request,
        Caller caller
    )
    {
        var filter = InstanceQuery.FilterOf(request, caller);
        var (parts, top) = (InstanceParts.Of(Query.Of(request)), InstanceQuery.TopOf(request));
        var (page, names) = await db.ReadAsync(async tx =>
        {
            var found = await reader.ListAsync(tx, filter, top, withSteps: filter.Resource is not null);
            return (found, await hosts.ReadAsync(tx, caller, found.Instances.SelectMany(InstanceView.HostsOf)));
        });
        return Answer
            .Written(
                200,
                w =>
                {
                    w.WriteStartArray();
                    foreach (var state in page.Instances)
                        InstanceView.Write(w, state, parts with { History = false }, names);
                    w.WriteEndArray();
                }
            )
            .Continued(page.Next);
    }
}
