using System.Net.Sockets;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.Servers;

internal sealed class UpdateServer(Database db, INetworks networks, PublicUrl publicUrl)
{
    private const string Rule = "os_compute_api:servers:update";

    [Function("compute-update-server"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "compute/v2.1/servers/{id}")] HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var order = (await request.ReadFieldsAsync(ct)).Object("server");
        order.Only("name", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig");
        var name = order.Optional("name") is { } given ? NewServer.NameOf(given) : null;
        var ipv4 = order.Has("accessIPv4")
            ? NewServer.AddressOf(order.Nullable("accessIPv4"), AddressFamily.InterNetwork)
            : null;
        var ipv6 = order.Has("accessIPv6")
            ? NewServer.AddressOf(order.Nullable("accessIPv6"), AddressFamily.InterNetworkV6)
            : null;
        var disk = order.Nullable("OS-DCF:diskConfig")?.Choice("AUTO", "MANUAL");
        var (server, ports) = await db.WriteAsync(async tx =>
        {
            var found = await ServerOperations.FindAsync(tx, id, caller);
            var changed = found with
            {
                Name = name ?? found.Name,
                AccessIpv4 = ipv4 ?? found.AccessIpv4,
                AccessIpv6 = ipv6 ?? found.AccessIpv6,
                DiskConfig = disk ?? found.DiskConfig,
                UpdatedAt = tx.Now,
            };
            await tx.SaveServerAsync(changed);
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
            return (changed, (await networks.ListServerPortsAsync(tx, [id])).GetValueOrDefault(id) ?? []);
        });
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("server");
                ServerView.WriteUpdated(w, server, baseUrl, ports);
                w.WriteEndObject();
            }
        );
    }
}
