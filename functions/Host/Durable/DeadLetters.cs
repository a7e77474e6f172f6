using System.Globalization;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Runtime.Queues;

namespace Pipeline.Functions.Durable;

/// <summary>What was given up because it killed its process or nobody could take it: operators list, replay and discard it.</summary>
internal sealed class DeadLetters(Database db, DurableTaskClient durable, DeadMessages messages)
{
    private const string All = InstanceRoute.Root + "/deadletters";
    private const string ReplayRule = "durable:dead-letters:replay";
    private const string DiscardRule = "durable:dead-letters:discard";

    /// <summary>Newest first, in pages.</summary>
    [Function("durable-list-dead-letters"), Policy("durable:dead-letters:list", Require.Admin)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request
    )
    {
        var (top, before) = (InstanceQuery.TopOf(request), BeforeOf(request));
        var letters = await db.ReadAsync(tx => durable.ListDeadLettersAsync(tx, before, top + 1));
        var answer = Answer.Written(200, w => DeadLetterView.Write(w, letters.Take(top)));
        return letters.Count > top ? answer.With(InstanceQuery.ContinuationToken, $"{letters[top - 1].Id}") : answer;
    }

    [Function("durable-replay-dead-letter"), Policy(ReplayRule, Require.Admin), Answers(202)]
    public async Task<IResult> ReplayAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All + "/{id}/replay")] HttpRequest request,
        long id,
        Caller caller,
        RequestId requestId
    )
    {
        // A queue is no part of the transaction: who dies in between sends the message twice, as queues may at any time.
        var message = await db.ReadAsync(tx => durable.FindDeadMessageAsync(tx, id));
        if (message is not null)
            await messages.SendAgainAsync(message);
        await db.WriteAsync(async tx =>
        {
            if (message is null)
                await durable.ReplayDeadLetterAsync(tx, id);
            else
                await durable.DiscardDeadLetterAsync(tx, id);
            await tx.AuditAsync(caller.Audit(requestId, ReplayRule, $"dead-letter/{id}"));
        });
        return Answer.Empty(StatusCodes.Status202Accepted);
    }

    [Function("durable-discard-dead-letter"), Policy(DiscardRule, Require.Admin), Answers(204)]
    public async Task<IResult> DiscardAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = All + "/{id}")] HttpRequest request,
        long id,
        Caller caller,
        RequestId requestId
    )
    {
        await db.WriteAsync(async tx =>
        {
            if (!await durable.DiscardDeadLetterAsync(tx, id))
                throw Fault.NotFound($"There is no dead letter {id}.");
            await tx.AuditAsync(caller.Audit(requestId, DiscardRule, $"dead-letter/{id}"));
        });
        return Answer.NoContent();
    }

    private static long? BeforeOf(HttpRequest request)
    {
        if (request.Headers[InstanceQuery.ContinuationToken] is not [{ Length: > 0 } token])
            return null;
        return long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            ? before
            : throw Fault.BadRequest($"{InstanceQuery.ContinuationToken} is none that this list has given out.");
    }
}
