using Pipeline.Compute.Volumes;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.Servers;

internal sealed class ShowServer(Database db, INetworks networks, PublicUrl publicUrl)
{
    [Function("compute-show-server"), Policy("os_compute_api:servers:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/servers/{id}")] HttpRequest request,
        ServerId id,
        Caller caller
    )
    {
        var (server, ports, volumes) = await db.ReadAsync(async tx =>
        {
            var found = await ServerOperations.FindAsync(tx, id, caller);
            var attached = await networks.ListServerPortsAsync(tx, [id]);
            var disks = await tx.ListServerVolumesAsync(id);
            return (found, attached.GetValueOrDefault(id) ?? [], disks.Select(v => v.VolumeId));
        });
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("server");
                ServerView.Write(w, server, baseUrl, (ports, volumes), caller.IsAdmin);
                w.WriteEndObject();
            }
        );
    }
}
