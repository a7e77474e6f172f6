using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class UpdateQosPolicy(Database db, Sharing sharing)
{
    private const string Rule = "network:qos-policies:update";

    [Function("network-update-qos-policy"), Policy(Rule, Require.ProjectManager)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/qos/policies/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var policy = await db.WriteAsync(async tx =>
        {
            var row = await tx.LockOwnQosPolicyAsync(caller, id, "update_policy");
            request.CheckRevision(row.RevisionNumber);
            var item = body.Updated(QosPolicyView.All, caller);
            var before = await tx.QosPolicyItemAsync(row.Id, null);
            var after = before with { Row = Update(row, item), Shared = item.Flag("shared", before.Shared) };
            if (after != before)
            {
                await ApplyAsync(tx, before, after);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"qos-policy/{id}"));
            }
            return await tx.QosPolicyItemAsync(row.Id, caller.Viewer());
        });
        return QosPolicyView.All.Show(request, caller, policy);
    }

    private static QosPolicyRow Update(QosPolicyRow row, Fields item) =>
        row with
        {
            Name = item.Text("name", row.Name),
            Description = item.Text("description", row.Description),
            IsDefault = item.Flag("is_default", row.IsDefault),
        };

    private async ValueTask ApplyAsync(Tx tx, QosPolicyItem before, QosPolicyItem after)
    {
        var (row, id) = (after.Row, after.Row.Id.ToString());
        if (row.IsDefault && !before.Row.IsDefault)
        {
            await tx.LockQosPoliciesOfAsync(row.ProjectId);
            if (await tx.FindDefaultQosPolicyAsync(row.ProjectId) is not null)
                throw NeutronFault.SecondDefaultQosPolicy(row.ProjectId);
        }
        await tx.UpdateQosPolicyAsync(row);
        var open = await tx.FindPolicyAsync(id, RbacPolicyRow.Shared, RbacPolicyRow.Everyone);
        if (open is not null && !after.Shared)
            await tx.CheckUnusedAsync(open);
        await sharing.SetAsync(tx, row.ProjectId, QosPolicyRow.Type, id, RbacPolicyRow.Shared, after.Shared);
    }
}
