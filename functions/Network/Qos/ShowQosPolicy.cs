using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class ShowQosPolicy(Database db)
{
    [Function("network-show-qos-policy"), Policy("network:qos-policies:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/qos/policies/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var item = await db.ReadAsync(async tx =>
            await tx.QosPolicyItemAsync((await tx.GetQosPolicyAsync(caller, id)).Id, caller.Viewer())
        );
        return QosPolicyView.All.Show(request, caller, item);
    }
}
