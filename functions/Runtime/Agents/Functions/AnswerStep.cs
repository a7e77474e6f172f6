using Pipeline.Contracts.Hosts;
using Pipeline.Durable;

namespace Pipeline.Runtime.Agents;

/// <summary>A host's answer to a step. It is on disk when this returns, so that the agent may drop its message.</summary>
internal sealed class AnswerStep(DurableTaskClient durable, Payloads payloads, HostConnections connections)
{
    [Function("hosts-answer-step"), Policy("hosts:answer", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hosts/v1/{host}/answers")] HttpRequest request,
        HostId host,
        CancellationToken ct
    )
    {
        var answer = await request.ReadMessageAsync<HostAnswer>(ct);
        connections.Saw(host);
        await durable.AnswerAsync(host, answer);
        await payloads.DeleteAsync(host, answer.ActivityId, answer.Attempt, ct);
        return Answer.NoContent();
    }
}
