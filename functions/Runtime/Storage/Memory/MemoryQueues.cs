using System.Collections.Concurrent;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// Queues in this process, for the simulation and for tests: the semantics of the storage service on the injected
/// clock, every call complete when it returns.
/// </summary>
public sealed class MemoryQueues(TimeProvider time, Func<Guid> newGuid) : IQueues
{
    private readonly ConcurrentDictionary<string, MemoryQueue> queues = new();

    public IQueue Open(string name) =>
        queues.GetOrAdd(StorageName.Queue(name), key => new MemoryQueue(key, time, newGuid));
}
