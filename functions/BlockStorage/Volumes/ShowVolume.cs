using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

internal sealed class ShowVolume(Database db, PublicUrl publicUrl)
{
    [Function("volume-show-volume"), Policy("volume:get", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/volumes/{id}")] HttpRequest request,
        string id,
        Caller caller
    )
    {
        var volume = await db.ReadAsync(tx => VolumeOperations.FindAsync(tx, id, caller));
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volume");
                VolumeView.Write(w, volume, baseUrl, caller.IsAdmin);
                w.WriteEndObject();
            }
        );
    }
}
