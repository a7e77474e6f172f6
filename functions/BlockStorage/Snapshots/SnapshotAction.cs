using Pipeline.BlockStorage.Volumes.Actions;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>What operators do to a snapshot: show another status, or delete it whatever its status shows.</summary>
internal sealed class SnapshotAction(Database db, SnapshotOperations operations)
{
    private const string Reset = "volume_extension:snapshot_admin_actions:reset_status";
    private const string Delete = "volume_extension:snapshot_admin_actions:force_delete";

    [Function("volume-snapshot-action"), Policy("volume:snapshot_action", Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/snapshots/{id}/action")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        if (body.Entries().ToList() is not [var (name, argument)])
            throw Fault.BadRequest("Malformed request body: it must name one action.");
        if (name is not ("os-reset_status" or "os-force_delete"))
        {
            await db.ReadAsync(tx => SnapshotOperations.FindAsync(tx, id, caller));
            throw Fault.BadRequest($"There is no such action: {name}");
        }
        var rule = name == "os-reset_status" ? Reset : Delete;
        VolumeAction.RequireAdmin(caller, rule);
        if (rule == Delete)
            await operations.DeleteAsync(id, caller, requestId, rule, force: true);
        else
        {
            var status = argument.Object()["status"].Choice(SnapshotStatus.Settable);
            await operations.ChangeAsync(id, caller, requestId, rule, s => s with { Status = status });
        }
        return Answer.Empty(202);
    }
}
