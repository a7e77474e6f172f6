using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

internal sealed class ListPorts(Database db, PublicUrl publicUrl)
{
    [Function("network-list-ports"), Policy("network:ports:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/ports")] HttpRequest request,
        Caller caller
    )
    {
        var query = ListQuery.Of(request, PortView.All);
        var ports = await db.ReadAsync(async tx =>
            await tx.ItemsAsync(await tx.PageAsync<PortRow>(PortStore.Listed, query, caller.Viewer()))
        );
        return PortView.All.List(request, caller, publicUrl, query, ports, p => p.Row.Id.ToString());
    }
}
