using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.Qos;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>Makes ports: address, MAC and quota are taken in the accepting transaction, or nothing is.</summary>
internal sealed class CreatePort(Creates creates, PortBook ports)
{
    private const string Rule = "network:ports:create";

    [Function("network-create-port"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/ports")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            PortView.All,
            item => (Body: item, Order: NewPort.Read(item, caller)),
            async (tx, asked) =>
            {
                await tx.ClaimAsync(asked.Select(a => a.Order.Row.ProjectId), Quota.Port);
                var added = new List<PortItem>();
                foreach (var (body, order) in asked)
                {
                    var network = await NetworkOfAsync(tx, order, caller);
                    PortRights.Check(caller, network, body, "create_port");
                    await tx.ChangeQosPolicyAsync(caller, null, order.Row.QosPolicyId);
                    var port = await ports.AddAsync(tx, network, order);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"port/{port.Id}"));
                    added.Add(await tx.PortItemAsync(port.Id));
                }
                return added;
            }
        );

    /// <summary>An external network is seen by all, and plugged into by its owner alone.</summary>
    private static async ValueTask<NetworkRow> NetworkOfAsync(Tx tx, NewPort order, Caller caller)
    {
        var seen = await tx.GetNetworkAsync(caller, order.Row.NetworkId.ToString());
        var network = await tx.LockNetworkAsync(seen.Id) ?? throw NeutronFault.NetworkNotFound(seen.Id);
        if (!network.IsOwnedBy(caller) && !await tx.IsSharedAsync(caller.Project, network.Id.ToString()))
            throw new Fault(
                FaultCode.Forbidden,
                $"Tenant {caller.Project} not allowed to create port on this network",
                "HTTPForbidden"
            );
        return network;
    }
}
