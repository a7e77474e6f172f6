namespace Pipeline.Compute.Metadata;

/// <summary>Adds pairs, and gives those that are there their new values; answers all.</summary>
internal sealed class CreateServerMetadata(ServerMetadata metadata)
{
    private const string Rule = "os_compute_api:server-metadata:create";

    [Function("compute-create-server-metadata"), Policy(Rule, Require.ProjectMember)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ServerMetadata.Route)] HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var added = await ServerMetadata.PairsOfAsync(request, ct);
        var all = await metadata.ChangeAsync(id, caller, requestId, Rule, known => Merged(known, added));
        return ServerMetadata.View("metadata", all);
    }

    private static Dictionary<string, string> Merged(Dictionary<string, string> known, Dictionary<string, string> added)
    {
        foreach (var (key, value) in added)
            known[key] = value;
        return known;
    }
}
