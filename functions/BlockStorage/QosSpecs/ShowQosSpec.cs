using Pipeline.Data;

namespace Pipeline.BlockStorage.QosSpecs;

internal sealed class ShowQosSpec(Database db, PublicUrl publicUrl)
{
    [Function("volume-show-qos-specs"), Policy("volume_extension:qos_specs_manage:get", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/qos-specs/{id}")] HttpRequest request,
        string id,
        Caller caller
    ) => QosSpecView.Of(await db.ReadAsync(tx => tx.GetQosSpecAsync(id)), publicUrl.Of(request), caller.ProjectId);
}
