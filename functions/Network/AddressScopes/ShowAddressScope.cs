using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressScopes;

internal sealed class ShowAddressScope(Database db)
{
    [Function("network-show-address-scope"), Policy("network:address-scopes:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/address-scopes/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var item = await db.ReadAsync(async tx =>
            await tx.ScopeItemAsync((await tx.GetScopeAsync(caller, id)).Id, caller.Viewer())
        );
        return AddressScopeView.All.Show(request, caller, item);
    }
}
