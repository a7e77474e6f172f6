using Pipeline.BlockStorage.Attachments;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

internal sealed class UpdateVolume(Database db, VolumeOperations operations, PublicUrl publicUrl)
{
    private const string Rule = "volume:update";

    [Function("volume-update-volume"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "volume/v3/volumes/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var order = (await request.ReadFieldsAsync(ct)).Object("volume");
        order.Only("name", "description", "display_name", "display_description", "metadata");
        var names = NewNames.Read(order);
        var metadata = order.Nullable("metadata")?.Object().StringMap();
        var volume = await operations.ChangeAsync(
            id,
            caller,
            requestId,
            Rule,
            v =>
                v with
                {
                    Name = names.NameOr(v.Name),
                    Description = names.DescriptionOr(v.Description),
                    Metadata = metadata is null ? v.Metadata : Volume.TextOf(metadata),
                }
        );
        var attachments = await db.ReadAsync(tx => tx.ListAttachmentsAsync(volume.Id));
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volume");
                VolumeView.WriteChanged(w, volume, attachments, baseUrl, caller.IsAdmin, version);
                w.WriteEndObject();
            }
        );
    }
}
