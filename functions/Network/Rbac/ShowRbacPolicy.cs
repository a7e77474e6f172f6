using Pipeline.Data;

namespace Pipeline.Network.Rbac;

internal sealed class ShowRbacPolicy(Database db)
{
    [Function("network-show-rbac-policy"), Policy("network:rbac-policies:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/rbac-policies/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    ) => RbacPolicyView.All.Show(request, caller, await db.ReadAsync(tx => tx.GetPolicyAsync(caller, id)));
}
