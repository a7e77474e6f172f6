using Pipeline.Compute.Servers;
using Pipeline.Data;

namespace Pipeline.Compute.Volumes;

/// <summary>`os-volume_attachments`: the volumes of a server.</summary>
internal sealed class ListVolumeAttachments(Database db)
{
    internal const string Route = "compute/v2.1/servers/{id}/os-volume_attachments";
    private const int Most = 1000;

    [
        Function("compute-list-volume-attachments"),
        Policy("os_compute_api:os-volumes-attachments:index", Require.ProjectReader)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ServerId id,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var (offset, limit) = (query.Int("offset", 0) ?? 0, query.Int("limit", 0) ?? Most);
        var volumes = await ReadAsync(id, caller);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("volumeAttachments");
                foreach (var volume in volumes.Skip(offset).Take(limit))
                    VolumeAttachmentView.Write(w, volume);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    [
        Function("compute-show-volume-attachment"),
        Policy("os_compute_api:os-volumes-attachments:show", Require.ProjectReader)
    ]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{volume}")] HttpRequest request,
        ServerId id,
        string volume,
        Caller caller
    ) =>
        VolumeAttachmentView.One(
            (await ReadAsync(id, caller)).FirstOrDefault(v => $"{v.VolumeId}" == volume)
                ?? throw Fault.NotFound($"Instance {id} is not attached to volume {volume}.")
        );

    private Task<IReadOnlyList<ServerVolume>> ReadAsync(ServerId id, Caller caller) =>
        db.ReadAsync(async tx =>
        {
            await ServerOperations.FindAsync(tx, id, caller);
            return await tx.ListServerVolumesAsync(id);
        });
}
