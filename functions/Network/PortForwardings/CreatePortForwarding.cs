using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PortForwardings;

internal sealed class CreatePortForwarding(Creates creates, PortForwardingBook book)
{
    private const string Rule = "network:port-forwardings:create";

    [Function("network-create-port-forwarding"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Anonymous,
            "post",
            Route = "network/v2.0/floatingips/{floatingip_id}/port_forwardings"
        )]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string floatingipId
    ) =>
        creates.RunAsync(
            request,
            caller,
            PortForwardingView.All,
            item => NewPortForwarding.Read(item, caller),
            async (tx, orders) =>
            {
                var floating = await tx.GetFloatingIpAsync(caller, floatingipId);
                var added = new List<PortForwardingRow>();
                foreach (var order in orders)
                    added.Add(await book.AddAsync(tx, caller, floating, order));
                foreach (var row in added)
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"port-forwarding/{row.Id}"));
                return added;
            }
        );
}
