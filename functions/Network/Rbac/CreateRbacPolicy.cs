using Pipeline.Data;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Quotas;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Rbac;

internal sealed class CreateRbacPolicy(Creates creates, Randomness randomness)
{
    private const string Rule = "network:rbac-policies:create";

    [Function("network-create-rbac-policy"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/rbac-policies")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            RbacPolicyView.All,
            item => NewRbacPolicy.Read(item, caller),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.ProjectId), Quota.RbacPolicy);
                var added = new List<RbacPolicyRow>();
                foreach (var order in orders)
                {
                    var row = order with { Id = new(randomness.NewGuid()) };
                    await CheckAsync(tx, caller, row);
                    await RbacBook.AddAsync(tx, row);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"rbac-policy/{row.Id}"));
                    added.Add(row);
                }
                return added;
            }
        );

    private static async ValueTask CheckAsync(Tx tx, Caller caller, RbacPolicyRow policy)
    {
        var owner = await tx.OwnerOfAsync(policy.ObjectType, policy.ObjectId);
        if (!caller.IsAdmin && owner != caller.Project)
            throw await tx.IsSeenAsync(caller.Project, policy.ObjectId)
                ? NeutronFault.InvalidInput("Only admins can manipulate policies on objects they do not own.")
                : Fault.NotFound(
                    $"Object of type {policy.ObjectType} with ID {policy.ObjectId} could not be found.",
                    "ObjectNotFound"
                );
        if (policy.Action == RbacPolicyRow.External && !caller.IsAdmin)
            throw NeutronFault.Forbidden("create_rbac_policy", "action");
        if (policy.ObjectType == SubnetPoolRow.Type && SubnetPoolId.TryParse(policy.ObjectId, out var pool))
            await CheckScopeAsync(tx, policy, (await tx.FindSubnetPoolAsync(pool))?.AddressScopeId);
    }

    /// <summary>Who is to cut subnets from a pool must see the scope that it is in.</summary>
    private static async ValueTask CheckScopeAsync(Tx tx, RbacPolicyRow policy, AddressScopeId? scope)
    {
        if (scope is not { } id)
            return;
        var targets = (await tx.ListPoliciesOfAsync(id.ToString())).Select(p => p.TargetTenant);
        if (!targets.Any(t => t == RbacPolicyRow.Everyone || t == policy.TargetTenant))
            throw NeutronFault.Bad(
                "RbacPolicyInitError",
                $"Failed to create RBAC policy on object {policy.ObjectId} because target project doesn't have access to "
                    + "associated address scope.."
            );
    }
}
