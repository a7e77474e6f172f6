using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressScopes;

internal sealed class CreateAddressScope(Creates creates, Sharing sharing, Randomness randomness)
{
    private const string Rule = "network:address-scopes:create";

    [Function("network-create-address-scope"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/address-scopes")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            AddressScopeView.All,
            item => (Row: Read(item, caller), Shared: item.Flag("shared", false)),
            async (tx, orders) =>
            {
                var added = new List<AddressScopeItem>();
                foreach (var (order, shared) in orders)
                {
                    var row = order with { Id = new(randomness.NewGuid()) };
                    var id = row.Id.ToString();
                    await tx.AddScopeAsync(row);
                    await sharing.SetAsync(tx, row.ProjectId, AddressScopeRow.Type, id, RbacPolicyRow.Shared, shared);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"address-scope/{id}"));
                    added.Add(await tx.ScopeItemAsync(row.Id, caller.Viewer()));
                }
                return added;
            }
        );

    private static AddressScopeRow Read(Fields item, Caller caller)
    {
        var version = item.Required("ip_version").Int(text: true);
        if (version is not (4 or 6))
            throw NeutronFault.Invalid("ip_version", $"{version} is not in [4, 6].");
        return new()
        {
            ProjectId = item.ProjectOf(caller),
            Name = item.Text("name"),
            IpVersion = version,
        };
    }
}
