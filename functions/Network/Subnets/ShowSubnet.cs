using Pipeline.Data;

namespace Pipeline.Network.Subnets;

internal sealed class ShowSubnet(Database db)
{
    [Function("network-show-subnet"), Policy("network:subnets:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/subnets/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var subnet = await db.ReadAsync(async tx => await tx.SubnetItemAsync((await tx.GetSubnetAsync(caller, id)).Id));
        return SubnetView.All.Show(request, caller, subnet);
    }
}
