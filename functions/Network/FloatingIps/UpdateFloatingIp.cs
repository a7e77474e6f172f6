using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

/// <summary>Links a floating address to a port, or takes it off where the port named is null.</summary>
internal sealed class UpdateFloatingIp(Database db, FloatingIpBook book)
{
    private const string Rule = "network:floating-ips:update";

    [Function("network-update-floating-ip"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/floatingips/{id}")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var floating = await db.WriteAsync(async tx =>
        {
            var seen = await tx.GetFloatingIpAsync(caller, id);
            var before = await tx.LockFloatingIpAsync(seen.Id) ?? throw NeutronFault.FloatingIpNotFound(id);
            request.CheckRevision(before.RevisionNumber);
            var item = body.Updated(FloatingIpView.All, caller);
            var row = before with { Description = item.Text("description", before.Description) };
            if (item.Has("port_id") || item.Has("fixed_ip_address"))
                await LinkAsync(tx, caller, row, item);
            else if (row != before)
                await tx.UpdateFloatingIpAsync(row);
            else
                return await tx.FloatingIpItemAsync(before.Id);
            await tx.AuditAsync(caller.Audit(requestId, Rule, $"floatingip/{before.Id}"));
            return await tx.FloatingIpItemAsync(before.Id);
        });
        return FloatingIpView.All.Show(request, caller, floating);
    }

    private async ValueTask LinkAsync(Tx tx, Caller caller, FloatingIpRow row, Fields item)
    {
        var address = NewFloatingIp.AddressOf(item, "fixed_ip_address");
        var named = item.Has("port_id") ? item.Nullable("port_id")?.Id<PortId>() : row.PortId;
        if (named is null && address is not null)
            throw NeutronFault.BadFloatingIp("A port is needed to associate the fixed IP address");
        if (named is { } port)
            await book.LinkAsync(tx, row, await FloatingIpBook.PortAsync(tx, caller, port), address);
        else
            await book.UnlinkAsync(tx, row);
    }
}
