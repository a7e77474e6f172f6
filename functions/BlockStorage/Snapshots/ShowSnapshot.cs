using Pipeline.Data;

namespace Pipeline.BlockStorage.Snapshots;

internal sealed class ShowSnapshot(Database db)
{
    [Function("volume-show-snapshot"), Policy("volume:get_snapshot", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/snapshots/{id}")] HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    ) =>
        SnapshotView.Answer(
            200,
            await db.ReadAsync(tx => SnapshotOperations.FindAsync(tx, id, caller)),
            extended: true,
            version
        );
}
