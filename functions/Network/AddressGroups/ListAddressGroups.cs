using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

internal sealed class ListAddressGroups(Database db, PublicUrl publicUrl)
{
    [Function("network-list-address-groups"), Policy("network:address-groups:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/address-groups")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, AddressGroupView.All);
        var items = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(
                await tx.PageAsync<AddressGroupRow>(AddressGroupStore.Listed, query, caller.Viewer()),
                caller.Viewer()
            )
        );
        return AddressGroupView.All.List(request, caller, publicUrl, query, items, i => i.Row.Id.ToString());
    }
}
