using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <summary>What was given up: listed, put back, or discarded.</summary>
public sealed partial class DurableTaskClient
{
    /// <summary>A page of what was given up, newest first.</summary>
    /// <param name="before">The last number of the page before; null for the first page.</param>
    public async ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(Tx tx, long? before, int limit)
    {
        var rows = await tx.ListDeadLettersAsync(before, limit);
        return
        [
            .. rows.Select(r => new DeadLetter(
                r.Seq,
                r.Kind,
                r.Subject,
                r.InstanceId,
                r.Name,
                parts.Json.Read<FaultDetails>(r.Fault),
                r.At
            )),
        ];
    }

    /// <summary>
    /// Puts it back with its counter at zero: a turn is tried again; a step is done again when its orchestration has not looked
    /// at the failure yet, else an orchestration that failed is rewound; an answer is taken if its step waits by now. A
    /// message goes back to its queue by whoever has the queue.
    /// </summary>
    /// <exception cref="Fault">NotFound; Conflict when there is nothing to put it back to, and the letter stays.</exception>
    public async ValueTask ReplayDeadLetterAsync(Tx tx, long id)
    {
        var letter = await tx.TakeDeadLetterAsync(id) ?? throw Fault.NotFound($"There is no dead letter {id}.");
        switch (letter.Kind)
        {
            case DeadLetterKind.Turn when await tx.ForgetStartsAsync(letter.Subject):
                tx.OnCommitted(() => parts.Wake(letter.Subject));
                return;
            case DeadLetterKind.Step:
                await PutBackAsync(tx, parts.Json.Read<TaskRow>(letter.Body));
                return;
            case DeadLetterKind.Answer when await parts.Answers.TakeAsync(tx, parts.Json.Read<DeadAnswer>(letter.Body)):
                return;
            default:
                throw Fault.Conflict($"Nothing waits for dead letter {id} any more; discard it.");
        }
    }

    /// <summary>Keeps a queue's message that its function could not handle; the same one again is one letter.</summary>
    public async ValueTask BuryMessageAsync(Tx tx, DeadMessage message, FaultDetails fault)
    {
        await tx.BuryAsync(
            new()
            {
                Kind = DeadLetterKind.Message,
                Subject = $"{message.Queue}/{message.MessageId}",
                Name = message.Function,
                Body = parts.Json.Write(message),
                Fault = parts.Json.Write(fault),
            }
        );
        tx.OnCommitted(() => EngineMetrics.Buried(DeadLetterKind.Message));
    }

    /// <returns>Null when there is no such letter, or it is about something else.</returns>
    public async ValueTask<DeadMessage?> FindDeadMessageAsync(Tx tx, long id) =>
        await tx.FindDeadLetterAsync(id) is { Kind: DeadLetterKind.Message } letter
            ? parts.Json.Read<DeadMessage>(letter.Body)
            : null;

    /// <returns>False when it is gone already.</returns>
    public async ValueTask<bool> DiscardDeadLetterAsync(Tx tx, long id) => await tx.TakeDeadLetterAsync(id) is not null;

    private async ValueTask PutBackAsync(Tx tx, TaskRow step)
    {
        if (await tx.TakeBackFailureAsync(step))
        {
            tx.AddTask(step);
            tx.OnCommitted(() => parts.WakeTask(step.Key, step.Kind));
            return;
        }
        var row =
            await tx.FindInstanceAsync(step.InstanceId)
            ?? throw Fault.Conflict($"Orchestration '{step.InstanceId}' is gone; discard the letter.");
        if (row.Generation != step.Generation || row.Status != InstanceStatus.Failed)
            throw Fault.Conflict(
                $"Orchestration '{step.InstanceId}' has gone on without {step.Name}; discard the letter."
            );
        await RewindInstanceAsync(tx, step.InstanceId, $"{step.Name} is tried again");
    }
}
