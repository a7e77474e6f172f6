namespace Pipeline.Compute.Metadata;

/// <summary>Sets one pair; the body must name the same key as the path, and no other.</summary>
internal sealed class UpdateServerMetadataItem(ServerMetadata metadata)
{
    private const string Rule = "os_compute_api:server-metadata:update";

    [Function("compute-update-server-metadata-item"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = ServerMetadata.ItemRoute)] HttpRequest request,
        ServerId id,
        string key,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var pairs = (await request.ReadFieldsAsync(ct)).Object("meta").StringMap();
        if (pairs.Count != 1)
            throw Fault.BadRequest("Request body contains too many items");
        if (!pairs.TryGetValue(key, out var value))
            throw Fault.BadRequest("Request body and URI mismatch");
        await metadata.ChangeAsync(id, caller, requestId, Rule, known => new(known) { [key] = value });
        return ServerMetadata.View("meta", pairs);
    }
}
