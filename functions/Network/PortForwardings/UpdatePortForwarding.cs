using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PortForwardings;

internal sealed class UpdatePortForwarding(Database db, PortForwardingBook book)
{
    private const string Rule = "network:port-forwardings:update";

    [Function("network-update-port-forwarding"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "put",
            Route = "network/v2.0/floatingips/{floatingip_id}/port_forwardings/{id}"
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string floatingipId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var row = await db.WriteAsync(async tx =>
        {
            var floating = await tx.GetFloatingIpAsync(caller, floatingipId);
            _ = await tx.LockFloatingIpAsync(floating.Id); // two updates at once see each other
            var before = await tx.GetForwardingAsync(floating.Id, id);
            var after = NewPortForwarding.Merge(before, body.Updated(PortForwardingView.All, caller));
            if (await book.UpdateAsync(tx, caller, before, after))
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"port-forwarding/{before.Id}"));
            return await tx.GetForwardingAsync(floating.Id, id);
        });
        return PortForwardingView.All.Show(request, caller, row);
    }
}
