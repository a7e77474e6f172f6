using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Rbac;

/// <summary>Gives a policy another target; whoever loses sight of the thing must have nothing that depends on it.</summary>
internal sealed class UpdateRbacPolicy(Database db)
{
    private const string Rule = "network:rbac-policies:update";

    [Function("network-update-rbac-policy"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/rbac-policies/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var policy = await db.WriteAsync(async tx =>
        {
            var before = await tx.GetPolicyAsync(caller, id);
            var item = body.Updated(RbacPolicyView.All, caller);
            var target = item.Optional("target_tenant") is { } field
                ? NewRbacPolicy.TargetOf(field, caller, "update_rbac_policy")
                : before.TargetTenant;
            if (target == before.TargetTenant)
                return before;
            await RbacBook.MoveAsync(tx, before, target);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"rbac-policy/{id}"));
            return before with { TargetTenant = target };
        });
        return RbacPolicyView.All.Show(request, caller, policy);
    }
}
