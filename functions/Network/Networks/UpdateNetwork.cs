using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Qos;
using Pipeline.Network.Rbac;
using Pipeline.Network.Routers;
using Pipeline.Network.Subnets;
using Pipeline.Network.Types;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

internal sealed class UpdateNetwork(
    Database db,
    HostRefreshes refreshes,
    Sharing sharing,
    SegmentTypes types,
    NetworkOptions options
)
{
    private const string Rule = "network:networks:update";

    [Function("network-update-network"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/networks/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var network = await db.WriteAsync(async tx =>
        {
            await tx.LockNetworkAsync((await tx.GetOwnNetworkAsync(caller, id, "update_network")).Id);
            var before = await tx.GetOwnNetworkAsync(caller, id, "update_network");
            request.CheckRevision(before.RevisionNumber);
            var after = NewNetwork.Update(before, body.Updated(NetworkView.All, caller), types);
            if (after == before)
                return await tx.ItemAsync(before.Id, options, caller.Viewer());
            if (before.External && !after.External && await tx.HasGatewaysAsync(before.Id))
                throw NeutronFault.ExternalInUse(before.Id);
            if (after.Mtu < before.Mtu && after.Mtu < Ipv6Modes.SmallestMtu && await HasIpv6Async(tx, before.Id))
                throw NeutronFault.MtuTooSmall(before.Id, Ipv6Modes.SmallestMtu);
            if (after.IsDefault)
                await tx.CheckOnlyDefaultAsync(before.Id);
            await tx.ChangeQosPolicyAsync(caller, before.QosPolicyId, after.QosPolicyId);
            await tx.UpdateNetworkAsync(after);
            await sharing.ShareAsync(tx, before, after);
            if ((before.Mtu, before.AdminStateUp, before.DnsDomain) != (after.Mtu, after.AdminStateUp, after.DnsDomain))
                await refreshes.NetworkChangedAsync(tx, before.Id);
            else if (before.QosPolicyId != after.QosPolicyId)
                await refreshes.MarkAsync(tx, await tx.ListBoundOnAsync(before.Id));
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"network/{before.Id}"));
            return await tx.ItemAsync(before.Id, options, caller.Viewer());
        });
        return NetworkView.All.Show(request, caller, network);
    }

    private static async ValueTask<bool> HasIpv6Async(Tx tx, NetworkId network) =>
        (await tx.ListSubnetsAsync([network])).Any(s => s.IpVersion == 6);
}
