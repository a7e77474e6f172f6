using System.Globalization;
using Pipeline.BlockStorage.Volumes.Actions;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>What operators do to a snapshot: show another status, or delete it whatever its status shows.</summary>
internal sealed class SnapshotAction(Database db, SnapshotOperations operations)
{
    private const string Reset = "volume_extension:snapshot_admin_actions:reset_status";
    private const string Update = "snapshot_extension:snapshot_actions:update_snapshot_status";
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
        var rule = name switch
        {
            "os-reset_status" => Reset,
            "os-update_snapshot_status" => Update,
            "os-force_delete" => Delete,
            _ => null,
        };
        if (rule is null)
        {
            await db.ReadAsync(tx => SnapshotOperations.FindAsync(tx, id, caller));
            throw Fault.BadRequest($"There is no such action: {name}");
        }
        VolumeAction.RequireAdmin(caller, rule);
        if (rule == Delete)
            await operations.DeleteAsync(id, caller, requestId, rule, force: true);
        else
            await operations.ChangeAsync(id, caller, requestId, rule, ChangeOf(rule, argument.Object()));
        return Answer.Empty(202);
    }

    private static Func<Snapshot, Snapshot> ChangeOf(string rule, Fields order)
    {
        var status = order["status"].Choice(SnapshotStatus.Settable);
        if (rule == Reset)
            return s => s with { Status = status, Progress = null };
        var progress = order.Nullable("progress") is { } field ? PercentOf(field) : null;
        return s =>
            Next(s.Status).Contains(status)
                ? s with
                {
                    Status = status,
                    Progress = progress ?? s.Progress,
                }
                : throw Fault.BadRequest(
                    $"Provided snapshot status {status} not allowed for snapshot with status {s.Status}."
                );
    }

    /// <summary>What may be said of a snapshot by what it shows (Cinder's `_update_snapshot_status`): only of one that is made or deleted just now.</summary>
    private static string[] Next(string status) =>
        status switch
        {
            SnapshotStatus.Creating => [SnapshotStatus.Creating, SnapshotStatus.Available, SnapshotStatus.Error],
            SnapshotStatus.Deleting => [SnapshotStatus.Deleting, SnapshotStatus.ErrorDeleting],
            _ => [],
        };

    private static string PercentOf(Field field)
    {
        var text = field.String();
        return int.TryParse(text.TrimEnd('%'), NumberStyles.None, null, out var percent) && percent <= 100
            ? $"{percent}%"
            : throw field.Wrong("must be a percentage, like 80%");
    }
}
