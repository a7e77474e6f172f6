using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

internal sealed class ShowVolumeType(Database db)
{
    private const string Rule = "volume_extension:type_get";

    [Function("volume-show-type"), Policy(Rule, Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/types/{id}")] HttpRequest request,
        string id,
        Caller caller
    ) => VolumeTypeView.Of(await db.ReadAsync(tx => tx.GetVolumeTypeAsync(id, caller)), caller);

    /// <summary>What a volume is of that names no type.</summary>
    [Function("volume-show-default-type"), Policy(Rule, Require.ProjectReader)]
    public async Task<IResult> DefaultAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/types/default")] HttpRequest request,
        Caller caller
    ) =>
        VolumeTypeView.Of(
            await db.ReadAsync(tx => tx.DefaultTypeOfAsync(caller.Project, caller))
                ?? throw Fault.NotFound("Default volume type can not be found."),
            caller
        );
}
