using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

internal sealed class CreateQosPolicy(Creates creates, Sharing sharing, Randomness randomness)
{
    private const string Rule = "network:qos-policies:create";

    [Function("network-create-qos-policy"), Policy(Rule, Require.ProjectManager), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/qos/policies")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            QosPolicyView.All,
            item => (Row: Read(item, caller), Shared: item.Flag("shared", false)),
            async (tx, orders) =>
            {
                var added = new List<QosPolicyItem>();
                foreach (var (order, shared) in orders)
                {
                    var row = order with { Id = new(randomness.NewGuid()) };
                    var id = row.Id.ToString();
                    await AddAsync(tx, row);
                    await sharing.SetAsync(tx, row.ProjectId, QosPolicyRow.Type, id, RbacPolicyRow.Shared, shared);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"qos-policy/{id}"));
                    added.Add(await tx.QosPolicyItemAsync(row.Id, caller.Viewer()));
                }
                return added;
            }
        );

    private static async ValueTask AddAsync(Tx tx, QosPolicyRow row)
    {
        if (row.IsDefault)
            await tx.LockQosPoliciesOfAsync(row.ProjectId);
        if (!await tx.AddQosPolicyAsync(row))
            throw NeutronFault.SecondDefaultQosPolicy(row.ProjectId);
    }

    private static QosPolicyRow Read(Fields item, Caller caller) =>
        new()
        {
            ProjectId = item.ProjectOf(caller),
            Name = item.Required("name").String(0, 255),
            Description = item.Text("description"),
            IsDefault = item.Flag("is_default", false),
        };
}
