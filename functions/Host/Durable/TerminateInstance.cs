using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>
/// An operator ends an orchestration at once, with nothing undone: the way out for one that can go neither on nor back. With
/// `?recursive=true` those it called end likewise; else they are cancelled, and undo what they did.
/// </summary>
internal sealed class TerminateInstance(InstanceVerb verb, DurableTaskClient durable)
{
    private const string Rule = "durable:instances:terminate";

    [Function("durable-terminate-instance"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = InstanceRoute.One + "/terminate")]
            HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var reason = InstanceVerb.ReasonOf(request, caller);
        var audit = caller.Audit(requestId, Rule, $"instance/{id}");
        var recursive = Query.Of(request).Bool("recursive") ?? false;
        return verb.DoAsync(id, audit, (tx, _) => durable.TerminateInstanceAsync(tx, id, reason, recursive));
    }
}
