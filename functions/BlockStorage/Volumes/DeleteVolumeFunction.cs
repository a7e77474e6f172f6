using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>Sets the intent: what is being done to the volume is cancelled and undone, then the delete runs. Asked twice it is one delete.</summary>
internal sealed class DeleteVolumeFunction(Database db, VolumeOperations operations)
{
    private const string Rule = "volume:delete";

    [Function("volume-delete-volume"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "volume/v3/volumes/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var query = Query.Of(request);
        var cascade = query.Bool("cascade") ?? false;
        var force = query.Bool("force") ?? false;
        if (force && !caller.IsAdmin)
            throw Fault.Forbidden("Policy doesn't allow volume:force_delete to be performed.");
        await db.WriteAsync(tx =>
            VolumeDeletion.BeginAsync(tx, operations, id, (caller, requestId, Rule), cascade, force)
        );
        return Answer.Empty(202);
    }
}
