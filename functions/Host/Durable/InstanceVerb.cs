using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>
/// What surrounds each verb, in its transaction: 404 for an orchestration that is not there, 410 for one that has ended, and
/// the audit record. Verbs are operators': a tenant cancels by its resource's own API.
/// </summary>
internal sealed class InstanceVerb(Database db, InstanceReader reader)
{
    private const int LongestReason = 1_000;

    /// <param name="deed">Answers false when the orchestration has ended.</param>
    public async Task<IResult> DoAsync(string id, AuditRecord audit, Func<Tx, OrchestrationState, ValueTask<bool>> deed)
    {
        await db.WriteAsync(async tx =>
        {
            var state = await reader.FindAsync(tx, id, withSteps: false) ?? throw InstanceRoute.NotFound(id);
            if (!await deed(tx, state))
                throw Ended(state);
            await tx.AuditAsync(audit);
        });
        return Answer.Empty(StatusCodes.Status202Accepted);
    }

    public static Fault Ended(OrchestrationState state) =>
        new(FaultCode.Gone, $"Orchestration '{state.Id}' has ended: it is {state.Status}.");

    /// <summary>`?reason=`; without one, who asked.</summary>
    public static string ReasonOf(HttpRequest request, Caller caller)
    {
        var query = Query.Of(request);
        if (query["reason"] is not { Length: > 0 } reason)
            return $"by the operator {caller.UserName}";
        return reason.Length <= LongestReason
            ? reason
            : throw query.Wrong("reason", $"it is longer than {LongestReason} characters");
    }
}
