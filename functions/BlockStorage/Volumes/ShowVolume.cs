using Pipeline.BlockStorage.Attachments;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

internal sealed class ShowVolume(Database db, PublicUrl publicUrl)
{
    [Function("volume-show-volume"), Policy("volume:get", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/volumes/{id}")] HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    )
    {
        var (volume, attachments) = await db.ReadAsync(async tx =>
        {
            var found = await VolumeOperations.FindAsync(tx, id, caller);
            return (found, await tx.ListAttachmentsAsync(found.Id));
        });
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volume");
                VolumeView.Write(w, volume, attachments, baseUrl, caller.IsAdmin, version);
                w.WriteEndObject();
            }
        );
    }
}
