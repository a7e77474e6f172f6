namespace Pipeline.Compute.Metadata;

internal sealed class DeleteServerMetadataItem(ServerMetadata metadata)
{
    private const string Rule = "os_compute_api:server-metadata:delete";

    [Function("compute-delete-server-metadata-item"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = ServerMetadata.ItemRoute)] HttpRequest request,
        ServerId id,
        string key,
        Caller caller,
        RequestId requestId
    )
    {
        await metadata.ChangeAsync(
            id,
            caller,
            requestId,
            Rule,
            known => known.Remove(key) ? known : throw ServerMetadata.NoSuchKey()
        );
        return Answer.NoContent();
    }
}
