using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Queues;

/// <summary>Messages that their functions could not handle, among the cloud's dead letters.</summary>
public sealed class DeadMessages
{
    private readonly Database db;
    private readonly DurableTaskClient durable;
    private readonly QueueFunctions functions;

    internal DeadMessages(Database db, DurableTaskClient durable, QueueFunctions functions) =>
        (this.db, this.durable, this.functions) = (db, durable, functions);

    /// <summary>Before it leaves its queue, so that it is never nowhere.</summary>
    internal Task BuryAsync(QueueFunction function, QueueMessage message)
    {
        var dead = new DeadMessage(function.Name, function.Queue, message.MessageId, message.Body.ToArray());
        var fault = new FaultDetails(
            FaultCode.Internal,
            $"{function.Name} failed {message.DequeueCount} times, or died of it"
        );
        return db.WriteAsync(async tx => await durable.BuryMessageAsync(tx, dead, fault));
    }

    /// <summary>Sends it to its queue as a new message, whose tries count from the first.</summary>
    /// <exception cref="Fault">Conflict when no function takes this queue's messages any more.</exception>
    public Task SendAgainAsync(DeadMessage message)
    {
        var function =
            functions.All.FirstOrDefault(f => f.Name == message.Function && f.Queue == message.Queue)
            ?? throw Fault.Conflict(
                $"No function {message.Function} takes messages of {message.Queue} any more; discard the letter."
            );
        return function.Queues.Open(function.Queue).SendAsync(message.Body);
    }
}
