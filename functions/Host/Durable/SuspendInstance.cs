using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>An operator lets an orchestration take no new step until it is resumed; the steps under way go on.</summary>
internal sealed class SuspendInstance(InstanceVerb verb, DurableTaskClient durable)
{
    private const string Rule = "durable:instances:suspend";

    [Function("durable-suspend-instance"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = InstanceRoute.One + "/suspend")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var reason = InstanceVerb.ReasonOf(request, caller);
        var audit = caller.Audit(requestId, Rule, $"instance/{id}");
        return verb.DoAsync(id, audit, (tx, _) => durable.SuspendInstanceAsync(tx, id, reason));
    }
}
