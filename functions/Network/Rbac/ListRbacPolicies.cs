using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Rbac;

internal sealed class ListRbacPolicies(Database db, PublicUrl publicUrl)
{
    [Function("network-list-rbac-policies"), Policy("network:rbac-policies:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/rbac-policies")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, RbacPolicyView.All);
        var policies = await db.ReadAsync(tx => tx.PageAsync<RbacPolicyRow>(RbacStore.Listed, query, caller.Viewer()));
        return RbacPolicyView.All.List(request, caller, publicUrl, query, policies, p => p.Id.ToString());
    }
}
