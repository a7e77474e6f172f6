using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>Status polling as in Durable Functions: 202 with `Location` and `Retry-After` while it runs, 200 when it has ended.</summary>
internal sealed class ShowInstance(DurableTaskClient durable, PublicUrl publicUrl)
{
    private const string Root = "runtime/webhooks/durabletask/instances";

    [Function("durable-show-instance"), Policy("durable:instances:show", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Root + "/{id}")] HttpRequest request,
        string id,
        Caller caller
    )
    {
        var state = await durable.GetInstanceAsync(id);
        if (state is null || (!caller.IsAdmin && state.Project != caller.Project.Value))
            throw Fault.NotFound($"There is no orchestration '{id}'.");
        var ended = InstanceStatus.IsTerminal(state.Status);
        var answer = Answer.Written(ended ? 200 : 202, w => InstanceView.Write(w, state, caller.IsAdmin));
        return ended
            ? answer
            : answer.With("Location", $"{publicUrl.Of(request)}/{Root}/{id}").With("Retry-After", "1");
    }
}
