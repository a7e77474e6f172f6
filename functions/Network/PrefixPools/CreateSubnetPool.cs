using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PrefixPools;

internal sealed class CreateSubnetPool(Creates creates, Sharing sharing, Randomness randomness)
{
    private const string Rule = "network:subnet-pools:create";

    [Function("network-create-subnet-pool"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/subnetpools")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            SubnetPoolView.All,
            item => (Row: NewSubnetPool.Read(item, caller), Shared: item.Flag("shared", false)),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Row.ProjectId), Quota.SubnetPool);
                var added = new List<SubnetPoolItem>();
                foreach (var (order, shared) in orders)
                {
                    var row = order with { Id = new(randomness.NewGuid()) };
                    await AddAsync(tx, caller, row, shared);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet-pool/{row.Id}"));
                    added.Add(await tx.PoolItemAsync(row.Id, caller.Viewer()));
                }
                return added;
            }
        );

    private async ValueTask AddAsync(Tx tx, Caller caller, SubnetPoolRow row, bool shared)
    {
        await tx.CheckPoolAsync(caller, null, row);
        if (!await tx.AddSubnetPoolAsync(row))
            throw PoolScopes.SecondDefault();
        var id = row.Id.ToString();
        await sharing.SetAsync(tx, row.ProjectId, SubnetPoolRow.Type, id, RbacPolicyRow.Shared, shared);
    }
}
