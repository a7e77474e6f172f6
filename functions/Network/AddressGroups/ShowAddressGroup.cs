using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

internal sealed class ShowAddressGroup(Database db)
{
    [Function("network-show-address-group"), Policy("network:address-groups:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/address-groups/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var item = await db.ReadAsync(async tx =>
            await tx.AddressGroupItemAsync((await tx.GetAddressGroupAsync(caller, id)).Id, caller.Viewer())
        );
        return AddressGroupView.All.Show(request, caller, item);
    }
}
