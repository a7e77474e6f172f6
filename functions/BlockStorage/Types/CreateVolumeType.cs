using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

internal sealed class CreateVolumeType(Database db, Randomness randomness)
{
    private const string Rule = "volume_extension:type_create";

    [Function("volume-create-type"), Policy(Rule, Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/types")] HttpRequest request,
        Caller caller,
        RequestId requestId
    )
    {
        var type = NewVolumeType.Accept(await request.ReadFieldsAsync(), randomness.NewGuid());
        await db.WriteAsync(async tx =>
        {
            if (!await tx.TryAddVolumeTypeAsync(type))
                throw Fault.Conflict($"Volume Type {type.Name} already exists.");
            await tx.AuditAsync(caller.Audit(requestId, Rule, VolumeType.TargetOf(type.Id)));
        });
        return VolumeTypeView.Of(type, caller);
    }
}
