using Pipeline.Data;

namespace Pipeline.Network.FloatingIps;

internal sealed class ShowFloatingIp(Database db)
{
    [Function("network-show-floating-ip"), Policy("network:floating-ips:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/floatingips/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var floating = await db.ReadAsync(async tx =>
            await tx.FloatingIpItemAsync((await tx.GetFloatingIpAsync(caller, id)).Id)
        );
        return FloatingIpView.All.Show(request, caller, floating);
    }
}
