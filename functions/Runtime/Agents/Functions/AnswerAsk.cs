using Pipeline.Contracts.Hosts;

namespace Pipeline.Runtime.Agents;

/// <summary>A host's answer to a question that came down its connection.</summary>
internal sealed class AnswerAsk(HostConnections connections)
{
    /// <summary>A console's last MiB as a JSON string, each character escaped, is the largest answer.</summary>
    private const long Largest = 8 << 20;

    [Function("hosts-answer-ask"), Policy("hosts:answer", Require.Host), BodyLimit(Largest)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/asks/{ask}")] HttpRequest request,
        HostId host,
        string ask,
        CancellationToken ct
    )
    {
        var answer = await request.ReadMessageAsync<AskAnswer>(ct);
        connections.Answer(host, ask, answer);
        return Answer.NoContent();
    }
}
