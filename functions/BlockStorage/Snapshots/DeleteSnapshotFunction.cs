namespace Pipeline.BlockStorage.Snapshots;

internal sealed class DeleteSnapshotFunction(SnapshotOperations operations)
{
    private const string Rule = "volume:delete_snapshot";

    [Function("volume-delete-snapshot"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "volume/v3/snapshots/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        await operations.DeleteAsync(id, caller, requestId, Rule, force: false);
        return Answer.Empty(202);
    }
}
