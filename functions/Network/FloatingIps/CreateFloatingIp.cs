using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

internal sealed class CreateFloatingIp(Creates creates, FloatingIpBook book)
{
    private const string Rule = "network:floating-ips:create";

    [Function("network-create-floating-ip"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/floatingips")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            FloatingIpView.All,
            item => NewFloatingIp.Read(item, caller),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Project), Quota.FloatingIp);
                var added = new List<FloatingIpItem>();
                foreach (var order in orders)
                {
                    var floating = await book.AddAsync(tx, caller, order);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"floatingip/{floating.Id}"));
                    added.Add(await tx.FloatingIpItemAsync(floating.Id));
                }
                return added;
            }
        );
}
