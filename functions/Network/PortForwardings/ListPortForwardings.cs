using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PortForwardings;

internal sealed class ListPortForwardings(Database db, PublicUrl publicUrl)
{
    [Function("network-list-port-forwardings"), Policy("network:port-forwardings:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = "network/v2.0/floatingips/{floatingip_id}/port_forwardings"
        )]
            HttpRequest request,
        Caller caller,
        string floatingipId
    )
    {
        var query = ListQuery.Of(request, PortForwardingView.All);
        var rows = await db.ReadAsync(async tx =>
        {
            var floating = await tx.GetFloatingIpAsync(caller, floatingipId);
            return await tx.PageAsync<PortForwardingRow>(PortForwardingStore.ListedOf(floating.Id), query, null);
        });
        var path = PortForwardingView.PathOf(floatingipId);
        return PortForwardingView.All.List(request, caller, publicUrl, query, rows, r => r.Id.ToString(), path);
    }
}
