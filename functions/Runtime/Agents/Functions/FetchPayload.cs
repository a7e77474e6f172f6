namespace Pipeline.Runtime.Agents;

/// <summary>A host fetches a payload that was too large for its queue.</summary>
internal sealed class FetchPayload(Payloads payloads)
{
    [Function("hosts-fetch-payload"), Policy("hosts:pull", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/{host}/payloads/{name}")]
            HttpRequest request,
        HostId host,
        string name,
        CancellationToken ct
    ) => Answer.Stream(200, await payloads.OpenAsync(host, name, ct), null, "application/octet-stream");
}
