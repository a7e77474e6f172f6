using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressScopes;

/// <summary>Renames a scope, or shares it with all; what is shared so stays shared, as in Neutron.</summary>
internal sealed class UpdateAddressScope(Database db, Sharing sharing)
{
    private const string Rule = "network:address-scopes:update";

    [Function("network-update-address-scope"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/address-scopes/{id}")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var scope = await db.WriteAsync(async tx =>
        {
            var row = await tx.GetOwnScopeAsync(caller, id, "update_address_scope");
            var item = body.Updated(AddressScopeView.All, caller);
            var before = await tx.ScopeItemAsync(row.Id, null);
            var (name, shared) = (item.Text("name", row.Name), item.Flag("shared", before.Shared));
            if (before.Shared && !shared)
                throw NeutronFault.Bad(
                    "AddressScopeUpdateError",
                    $"Unable to update address scope {row.Id} : Shared address scope can't be unshared."
                );
            if (name != row.Name || shared != before.Shared)
            {
                await tx.RenameScopeAsync(row.Id, name);
                await sharing.SetAsync(tx, row.ProjectId, AddressScopeRow.Type, id, RbacPolicyRow.Shared, shared);
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"address-scope/{id}"));
            }
            return await tx.ScopeItemAsync(row.Id, caller.Viewer());
        });
        return AddressScopeView.All.Show(request, caller, scope);
    }
}
