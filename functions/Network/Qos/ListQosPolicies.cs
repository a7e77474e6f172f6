using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class ListQosPolicies(Database db, PublicUrl publicUrl)
{
    [Function("network-list-qos-policies"), Policy("network:qos-policies:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/qos/policies")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, QosPolicyView.All);
        var items = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(
                await tx.PageAsync<QosPolicyRow>(QosPolicyStore.Listed, query, caller.Viewer()),
                caller.Viewer()
            )
        );
        return QosPolicyView.All.List(request, caller, publicUrl, query, items, i => i.Row.Id.ToString());
    }
}
