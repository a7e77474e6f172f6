using Pipeline.Data;

namespace Pipeline.Network.Ports;

internal sealed class ShowPort(Database db)
{
    [Function("network-show-port"), Policy("network:ports:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/ports/{id}")] HttpRequest request,
        Caller caller,
        string id
    )
    {
        var port = await db.ReadAsync(async tx => await tx.PortItemAsync((await tx.GetPortAsync(caller, id)).Id));
        return PortView.All.Show(request, caller, port);
    }
}
