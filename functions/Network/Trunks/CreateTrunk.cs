using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Trunks;

internal sealed class CreateTrunk(Creates creates, Subports subports, Randomness randomness)
{
    private const string Rule = "network:trunks:create";

    [Function("network-create-trunk"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/trunks")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            TrunkView.All,
            item =>
                (
                    Row: Read(item, caller),
                    Subports: item.Nullable("sub_ports") is { } list ? NewSubport.Read(list) : []
                ),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Row.ProjectId), Quota.Trunk);
                var added = new List<TrunkItem>();
                foreach (var (order, asked) in orders)
                {
                    var row = order with { Id = new(randomness.NewGuid()) };
                    await tx.LockNetworksOfAsync([row.PortId, .. asked.Select(a => a.Port)]);
                    await tx.CheckParentAsync(row);
                    await tx.AddTrunkAsync(row);
                    await subports.AddAsync(tx, row, asked);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"trunk/{row.Id}"));
                    added.Add(await tx.TrunkItemAsync(row.Id));
                }
                return added;
            }
        );

    private static TrunkRow Read(Fields item, Caller caller) =>
        new()
        {
            ProjectId = item.ProjectOf(caller),
            PortId = item.Required("port_id").Id<PortId>(),
            Name = item.Text("name"),
            Description = item.Text("description"),
            AdminStateUp = item.Flag("admin_state_up", true),
        };
}
