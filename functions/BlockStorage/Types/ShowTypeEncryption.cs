using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>How volumes of a type are encrypted. None is, which Cinder says by an empty object.</summary>
internal sealed class ShowTypeEncryption(Database db)
{
    [Function("volume-show-type-encryption"), Policy("volume_extension:volume_type_encryption:get", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/types/{id}/encryption")]
            HttpRequest request,
        string id,
        Caller caller
    )
    {
        await db.ReadAsync(tx => tx.GetVolumeTypeAsync(id, caller));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteEndObject();
            }
        );
    }
}
