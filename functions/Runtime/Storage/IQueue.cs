namespace Pipeline.Runtime.Storage;

/// <summary>
/// One queue with the semantics of Azure Queue Storage: at least once, about in order, a received message hidden for
/// a time. Time-outs count in whole seconds, rounded up, at most 7 days. Every call may throw `Unavailable`; calls on a
/// queue that does not exist throw `NotFound` with type `QueueNotFound`.
/// </summary>
public interface IQueue
{
    string Name { get; }

    /// <summary>Creates the queue; an existing one is success.</summary>
    Task CreateAsync(CancellationToken ct = default);

    /// <summary>Removes the queue and all in it; an absent one is success.</summary>
    Task RemoveAsync(CancellationToken ct = default);

    /// <summary>
    /// Adds a message of at most <see cref="QueueMessage.MaxBytes"/> (`TooLarge`), hidden for the delay; it never expires.
    /// A lost answer is tried again, so the message may come twice.
    /// </summary>
    Task SendAsync(ReadOnlyMemory<byte> body, TimeSpan visibilityDelay = default, CancellationToken ct = default);

    /// <summary>Takes 1 to 32 messages and hides them for 1 s to 7 days; none there is an empty list, at once.</summary>
    Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int max, TimeSpan visibilityTimeout, CancellationToken ct = default);

    /// <summary>
    /// Hides a held message for so long from now; zero gives it back. The answer's pop receipt replaces the old one.
    /// Somebody else holds it: `Conflict`; it is gone: `NotFound`. Azure itself may say `NotFound` for both.
    /// </summary>
    Task<QueueMessage> RenewAsync(QueueMessage message, TimeSpan visibilityTimeout, CancellationToken ct = default);

    /// <summary>Ends a held message; faults as of <see cref="RenewAsync"/>.</summary>
    Task DeleteAsync(QueueMessage message, CancellationToken ct = default);
}

/// <summary>Queues by name. The name is checked (`BadRequest`); the queue need not exist yet.</summary>
public interface IQueues
{
    IQueue Open(string name);
}
