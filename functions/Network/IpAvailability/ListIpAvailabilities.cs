using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.IpAvailability;

/// <summary>What is left of all networks' addresses: an operator's, as in Neutron.</summary>
internal sealed class ListIpAvailabilities(Database db, PublicUrl publicUrl)
{
    [Function("network-list-ip-availabilities"), Policy("network:ip-availabilities:list", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/network-ip-availabilities")]
            HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, IpAvailabilityView.All);
        var items = await db.ReadAsync(async tx =>
            await tx.AvailabilityAsync(await tx.PageAsync<NetworkRow>(NetworkStore.Listed, query, caller.Viewer()))
        );
        return IpAvailabilityView.All.List(request, caller, publicUrl, query, items, i => i.Row.Id.ToString());
    }
}
