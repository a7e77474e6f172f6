using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

/// <summary>Volumes of the type stay as they are, also those of a project that may use it no more.</summary>
internal sealed class UpdateVolumeType(Database db)
{
    private const string Rule = "volume_extension:type_update";

    [Function("volume-update-type"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "volume/v3/types/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var order = await request.ReadFieldsAsync();
        var changed = await db.WriteAsync(async tx =>
        {
            var type = NewVolumeType.Change(await tx.LockVolumeTypeAsync(id), order);
            if (!await tx.TryUpdateVolumeTypeAsync(type))
                throw Fault.Conflict($"Volume Type {type.Name} already exists.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, VolumeType.TargetOf(type.Id)));
            return type;
        });
        return VolumeTypeView.Of(changed, caller, access: false);
    }
}
