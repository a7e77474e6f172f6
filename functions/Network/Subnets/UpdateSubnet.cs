using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

internal sealed class UpdateSubnet(Database db, DhcpPorts dhcp, HostRefreshes refreshes)
{
    private const string Rule = "network:subnets:update";

    [Function("network-update-subnet"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/subnets/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var subnet = await db.WriteAsync(async tx =>
        {
            var own = await tx.GetOwnSubnetAsync(caller, id, "update_subnet");
            await tx.LockNetworkAsync(own.NetworkId);
            var before = await tx.SubnetItemAsync(own.Id);
            request.CheckRevision(before.Row.RevisionNumber);
            var after = NewSubnet.Update(before, body.Updated(SubnetView.All, caller));
            if (after.Row == before.Row && after.Pools.SequenceEqual(before.Pools))
                return before;
            if (after.Row.GatewayIp != before.Row.GatewayIp && await tx.FindGatewayPortAsync(before.Row) is { } port)
                throw NeutronFault.GatewayIpInUse(before.Row.GatewayIp!, port);
            await tx.UpdateSubnetAsync(after.Row);
            if (!after.Pools.SequenceEqual(before.Pools))
                await tx.ReplacePoolsAsync(own.NetworkId, own.Id, own.Prefix, after.Pools);
            await dhcp.EnsureAsync(tx, own.NetworkId);
            if (IsForHosts(before.Row, after.Row))
                await refreshes.NetworkChangedAsync(tx, own.NetworkId);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet/{own.Id}"));
            return await tx.SubnetItemAsync(own.Id);
        });
        return SubnetView.All.Show(request, caller, subnet);
    }

    /// <summary>Names and pools are the control plane's; the rest is in what guests are told by DHCP.</summary>
    private static bool IsForHosts(SubnetRow before, SubnetRow after) =>
        after with
        {
            Name = before.Name,
            Description = before.Description,
            ServiceTypes = before.ServiceTypes,
        } != before;
}
