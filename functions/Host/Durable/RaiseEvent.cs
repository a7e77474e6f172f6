using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>
/// An operator raises an external event; its JSON waits in the mailbox until the orchestration asks for it. With an
/// `Idempotency-Key` a repeated request is the same event.
/// </summary>
internal sealed class RaiseEvent(InstanceVerb verb, DurableTaskClient durable, Randomness randomness)
{
    private const string Rule = "durable:instances:raise-event";
    private const int LongestKey = 255;

    [Function("durable-raise-event"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = InstanceRoute.One + "/raiseEvent/{eventName}")]
            HttpRequest request,
        string id,
        string eventName,
        Caller caller,
        RequestId requestId
    )
    {
        var data = await request.ReadJsonAsync();
        if (data.ValueKind == System.Text.Json.JsonValueKind.Null)
            throw Fault.BadRequest("An event's data is a JSON value other than null.");
        var (json, eventId) = (data.GetRawText(), EventIdOf(request));
        return await verb.DoAsync(
            id,
            caller.Audit(requestId, Rule, $"instance/{id}"),
            async (tx, state) =>
            {
                if (InstanceStatus.IsTerminal(state.Status))
                    return false;
                await durable.RaiseJsonAsync(tx, id, eventName, json, eventId);
                return true;
            }
        );
    }

    private string EventIdOf(HttpRequest request)
    {
        if (request.Headers["Idempotency-Key"] is not [{ Length: > 0 } key])
            return $"{randomness.NewGuid()}";
        return key.Length <= LongestKey
            ? key
            : throw Fault.BadRequest($"An Idempotency-Key has at most {LongestKey} characters.");
    }
}
