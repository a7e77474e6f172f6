using Pipeline.Data;
using Pipeline.Network.FloatingIps;

namespace Pipeline.Network.PortForwardings;

internal sealed class DeletePortForwarding(Database db, PortForwardingBook book)
{
    private const string Rule = "network:port-forwardings:delete";

    [Function("network-delete-port-forwarding"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "delete",
            Route = "network/v2.0/floatingips/{floatingip_id}/port_forwardings/{id}"
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string floatingipId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var floating = await tx.GetFloatingIpAsync(caller, floatingipId);
            var row = await tx.GetForwardingAsync(floating.Id, id);
            await book.RemoveAsync(tx, [row]);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"port-forwarding/{row.Id}"));
        });
        return Answer.NoContent();
    }
}
