using Pipeline.Data;
using Pipeline.Network.Networks;

namespace Pipeline.Network.IpAvailability;

internal sealed class ShowIpAvailability(Database db)
{
    [Function("network-show-ip-availability"), Policy("network:ip-availabilities:show", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/network-ip-availabilities/{id}")]
            HttpRequest request,
        Caller caller,
        string id
    )
    {
        var found = await db.ReadAsync(async tx => await tx.AvailabilityAsync([await tx.GetNetworkAsync(caller, id)]));
        return IpAvailabilityView.All.Show(request, caller, found[0]);
    }
}
