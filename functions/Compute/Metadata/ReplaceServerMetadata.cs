namespace Pipeline.Compute.Metadata;

/// <summary>Puts these pairs in the place of all others.</summary>
internal sealed class ReplaceServerMetadata(ServerMetadata metadata)
{
    private const string Rule = "os_compute_api:server-metadata:update_all";

    [Function("compute-replace-server-metadata"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = ServerMetadata.Route)] HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var pairs = await ServerMetadata.PairsOfAsync(request, ct);
        return ServerMetadata.View(
            "metadata",
            await metadata.ChangeAsync(id, caller, requestId, Rule, known => new(pairs))
        );
    }
}
