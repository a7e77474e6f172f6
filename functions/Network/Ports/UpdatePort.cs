using Pipeline.Data;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Qos;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

internal sealed class UpdatePort(
    Database db,
    HostRefreshes refreshes,
    DhcpPorts dhcp,
    FloatingLinks floating,
    RouterRefreshes routers
)
{
    private const string Rule = "network:ports:update";

    [Function("network-update-port"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/ports/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var port = await db.WriteAsync(async tx =>
        {
            var row = await tx.GetPortAsync(caller, id);
            if (!caller.IsAdmin && caller.ProjectId != row.ProjectId)
                throw NeutronFault.Forbidden("update_port");
            var item = body.Updated(PortView.All, caller);
            var network = (await tx.LockNetworkAsync(row.NetworkId))!;
            PortRights.Check(caller, network, item, "update_port");
            var before = await tx.PortItemAsync(row.Id);
            request.CheckRevision(before.Row.RevisionNumber);
            var change = PortChange.Of(before, item, caller);
            await tx.ChangeQosPolicyAsync(caller, before.Row.QosPolicyId, change.Row.QosPolicyId);
            if (await ApplyAsync(tx, network, before, change))
                await tx.AuditAsync(caller.Audit(requestId, Rule, $"port/{row.Id}"));
            return await tx.PortItemAsync(row.Id);
        });
        return PortView.All.Show(request, caller, port);
    }

    /// <returns>False when nothing changed.</returns>
    private async ValueTask<bool> ApplyAsync(Tx tx, NetworkRow network, PortItem before, PortChange change)
    {
        var after = change.Row;
        var router = await tx.FindRouterOfAsync(after.Id);
        var held = router is not null || after.TrunkId is not null;
        if (held && (after.DeviceId, after.DeviceOwner) != (before.Row.DeviceId, before.Row.DeviceOwner))
            throw NeutronFault.PortInUse(before.Row);
        if (after.MacAddress != before.Row.MacAddress && await tx.HasMacAsync(network.Id, after.MacAddress))
            throw NeutronFault.MacInUse(network.Id, after.MacAddress);
        var moved = change.FixedIps is { } asked && await tx.ChangeAsync(network, before, asked, after.MacAddress);
        if (after.MacAddress != before.Row.MacAddress)
            moved |= await tx.FollowMacAsync(before.Row, after);
        var regrouped = await RegroupAsync(tx, before, change.Groups);
        if (!moved && !regrouped && after == before.Row)
            return false;
        await tx.UpdatePortAsync(after);
        var filtered =
            (after.AdminStateUp, after.PortSecurityEnabled, after.DhcpOptions, after.DnsName)
            != (before.Row.AdminStateUp, before.Row.PortSecurityEnabled, before.Row.DhcpOptions, before.Row.DnsName);
        var paired = after.AddressPairs != before.Row.AddressPairs;
        var limited = after.QosPolicyId != before.Row.QosPolicyId;
        SecurityGroupId[] groups = moved || regrouped || paired ? [.. before.Groups.Union(change.Groups ?? [])] : [];
        if (!regrouped)
            await tx.HoldGroupsAsync(groups);
        if (moved || regrouped || filtered || paired || limited)
            await refreshes.PortChangedAsync(tx, after);
        if (moved)
            await floating.CutLostAsync(tx, after.Id);
        if (router is { } owner)
            await routers.ChangedAsync(tx, owner);
        await refreshes.MembersChangedAsync(tx, groups);
        if (after.DnsName != before.Row.DnsName || (moved && after.IsNamed))
            await refreshes.NamesChangedAsync(tx, network.Id, [after.Id]);
        if (network.DhcpPortId == after.Id && moved)
        {
            await dhcp.EnsureAsync(tx, network.Id);
            await refreshes.NetworkChangedAsync(tx, network.Id);
        }
        return true;
    }

    private static async ValueTask<bool> RegroupAsync(Tx tx, PortItem before, IReadOnlyList<SecurityGroupId>? groups)
    {
        if (groups is null || groups.ToHashSet().SetEquals(before.Groups))
            return false;
        await tx.CheckGroupsAsync(before.Row.ProjectId, groups);
        await tx.HoldGroupsAsync(before.Groups.Union(groups));
        await tx.CheckOneKindAsync(groups);
        await tx.SetGroupsAsync(before.Row.Id, groups);
        return true;
    }
}
