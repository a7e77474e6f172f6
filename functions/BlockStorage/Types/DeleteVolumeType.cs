using Pipeline.BlockStorage.Quotas;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Types;

internal sealed class DeleteVolumeType(Database db)
{
    private const string Rule = "volume_extension:type_delete";

    [Function("volume-delete-type"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "volume/v3/types/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            var type = await tx.LockVolumeTypeAsync(id);
            if (type.Name == VolumeType.Default || await tx.IsDefaultTypeAsync(type.Id))
                throw Fault.BadRequest($"The volume type {id} is a default volume type and cannot be deleted.");
            if (await tx.IsVolumeTypeUsedAsync(type.Id))
                throw Fault.BadRequest("Target volume type is still in use.");
            await tx.DeleteVolumeTypeAsync(type.Id);
            await tx.ForgetLimitsAsync([.. TypeQuota.KindsOf(type).Select(kind => kind.Resource)]);
            await tx.AuditAsync(caller.Audit(requestId, Rule, VolumeType.TargetOf(type.Id)));
        });
        return Answer.Empty(202);
    }
}
