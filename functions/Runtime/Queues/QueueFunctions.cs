using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Queues;

/// <summary>All functions with a queue.</summary>
internal sealed record QueueFunctions(IReadOnlyList<QueueFunction> All)
{
    /// <summary>
    /// Where the messages of a function go that fail too often: to the `-poison` queue that another function listens to, else
    /// among the dead letters, where operators find them.
    /// </summary>
    /// <param name="letters">Null where there is no cloud to keep them: then the queue has them.</param>
    public Func<QueueMessage, Task> PoisonOf(QueueFunction function, DeadMessages? letters)
    {
        var name = function.Queue + "-poison";
        if (letters is not null && All.All(other => other.Queue != name))
            return message => letters.BuryAsync(function, message);
        var queue = new PoisonQueue(function.Queues.Open(name));
        return message => queue.SendAsync(message.Body);
    }
}
