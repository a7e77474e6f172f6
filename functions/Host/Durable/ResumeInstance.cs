using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>An operator lets a suspended orchestration go on.</summary>
internal sealed class ResumeInstance(InstanceVerb verb, DurableTaskClient durable)
{
    private const string Rule = "durable:instances:resume";

    [Function("durable-resume-instance"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = InstanceRoute.One + "/resume")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var reason = InstanceVerb.ReasonOf(request, caller);
        var audit = caller.Audit(requestId, Rule, $"instance/{id}");
        return verb.DoAsync(id, audit, (tx, _) => durable.ResumeInstanceAsync(tx, id, reason));
    }
}
