using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressScopes;

internal sealed class ListAddressScopes(Database db, PublicUrl publicUrl)
{
    [Function("network-list-address-scopes"), Policy("network:address-scopes:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/address-scopes")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, AddressScopeView.All);
        var items = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(
                await tx.PageAsync<AddressScopeRow>(AddressScopeStore.Listed, query, caller.Viewer()),
                caller.Viewer()
            )
        );
        return AddressScopeView.All.List(request, caller, publicUrl, query, items, i => i.Row.Id.ToString());
    }
}
