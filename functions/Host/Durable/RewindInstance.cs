using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>
/// An operator lets a failed orchestration go on from where it failed. 410 for one that cannot: it completed or was
/// cancelled; 409 while it runs, or while another holds its resource.
/// </summary>
internal sealed class RewindInstance(InstanceVerb verb, DurableTaskClient durable)
{
    private const string Rule = "durable:instances:rewind";

    [Function("durable-rewind-instance"), Policy(Rule, Require.Admin), Answers(202)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = InstanceRoute.One + "/rewind")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        var reason = InstanceVerb.ReasonOf(request, caller);
        var audit = caller.Audit(requestId, Rule, $"instance/{id}");
        return verb.DoAsync(id, audit, (tx, state) => RewindAsync(tx, state, reason));
    }

    private async ValueTask<bool> RewindAsync(Tx tx, OrchestrationState state, string reason)
    {
        if (state.Status is InstanceStatus.Completed or InstanceStatus.Canceled)
            return false;
        await durable.RewindInstanceAsync(tx, state.Id, reason);
        return true;
    }
}
