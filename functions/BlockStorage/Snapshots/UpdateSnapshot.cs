using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Snapshots;

internal sealed class UpdateSnapshot(SnapshotOperations operations)
{
    private const string Rule = "volume:update_snapshot";

    [Function("volume-update-snapshot"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "volume/v3/snapshots/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var order = (await request.ReadFieldsAsync(ct)).Object("snapshot");
        order.Only("name", "description", "display_name", "display_description");
        var names = NewNames.Read(order);
        var snapshot = await operations.ChangeAsync(
            id,
            caller,
            requestId,
            Rule,
            s => s with { Name = names.NameOr(s.Name), Description = names.DescriptionOr(s.Description) }
        );
        return SnapshotView.Answer(200, snapshot, extended: false, version);
    }
}
