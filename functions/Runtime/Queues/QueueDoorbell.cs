using System.Collections.Concurrent;
using Pipeline.Runtime.Agents;

namespace Pipeline.Runtime;

/// <summary>"Look at this queue now": a hint within this process; the poll remains.</summary>
public sealed class QueueDoorbell(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Bell> bells = new();

    public void Ring(string queue) => Of(queue).Ring();

    internal Bell Of(string queue) => bells.GetOrAdd(queue, _ => new Bell(time));
}
