namespace Pipeline.Compute.Metadata;

internal sealed class ShowServerMetadataItem(ServerMetadata metadata)
{
    [
        Function("compute-show-server-metadata-item"),
        Policy("os_compute_api:server-metadata:show", Require.ProjectReader)
    ]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ServerMetadata.ItemRoute)] HttpRequest request,
        ServerId id,
        string key,
        Caller caller
    ) =>
        (await metadata.ReadAsync(id, caller)).TryGetValue(key, out var value)
            ? ServerMetadata.View("meta", new() { [key] = value })
            : throw ServerMetadata.NoSuchKey();
}
