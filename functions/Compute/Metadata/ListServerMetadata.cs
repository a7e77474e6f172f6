namespace Pipeline.Compute.Metadata;

internal sealed class ListServerMetadata(ServerMetadata metadata)
{
    [Function("compute-list-server-metadata"), Policy("os_compute_api:server-metadata:index", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ServerMetadata.Route)] HttpRequest request,
        ServerId id,
        Caller caller
    ) => ServerMetadata.View("metadata", await metadata.ReadAsync(id, caller));
}
