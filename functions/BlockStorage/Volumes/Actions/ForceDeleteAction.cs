using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>An operator deletes a volume whatever its status shows. What is being done to it is undone first, as by any delete.</summary>
internal sealed class ForceDeleteAction(Database db, VolumeOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_admin_actions:force_delete";

    public string Key => "os-force_delete";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        VolumeAction.RequireAdmin(caller, Rule);
        await db.WriteAsync(tx =>
            VolumeDeletion.BeginAsync(tx, operations, id, (caller, requestId, Rule), cascade: false, force: true)
        );
        return Answer.Empty(202);
    }
}
