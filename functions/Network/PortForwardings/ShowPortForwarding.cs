using Pipeline.Data;
using Pipeline.Network.FloatingIps;

namespace Pipeline.Network.PortForwardings;

internal sealed class ShowPortForwarding(Database db)
{
    [Function("network-show-port-forwarding"), Policy("network:port-forwardings:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "get",
            Route = "network/v2.0/floatingips/{floatingip_id}/port_forwardings/{id}"
        )]
            HttpRequest request,
        Caller caller,
        string floatingipId,
        string id
    )
    {
        var row = await db.ReadAsync(async tx =>
            await tx.GetForwardingAsync((await tx.GetFloatingIpAsync(caller, floatingipId)).Id, id)
        );
        return PortForwardingView.All.Show(request, caller, row);
    }
}
