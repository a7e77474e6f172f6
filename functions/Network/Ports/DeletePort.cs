using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;

namespace Pipeline.Network.Ports;

/// <summary>Deletes a port, also a running server's: it is gone for its tenant at once, and for its host soon after.</summary>
internal sealed class DeletePort(Database db, PortBook ports, DhcpPorts dhcp, HostRefreshes refreshes)
{
    private const string Rule = "network:ports:delete";

    [Function("network-delete-port"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "network/v2.0/ports/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        await db.WriteAsync(async tx =>
        {
            var port = await tx.GetPortAsync(caller, id);
            var network = (await tx.LockNetworkAsync(port.NetworkId))!;
            await ports.RemoveAsync(tx, port, requestId.Value);
            if (network.DhcpPortId == port.Id)
            {
                await dhcp.EnsureAsync(tx, network.Id);
                await refreshes.NetworkChangedAsync(tx, network.Id);
            }
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"port/{port.Id}"));
        });
        return Answer.NoContent();
    }
}
