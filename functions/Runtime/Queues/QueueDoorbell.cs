using Pipeline.Runtime.Agents;

namespace Pipeline.Runtime;

/// <summary>"Look at this queue now": a hint within this process; the poll remains.</summary>
public sealed class QueueDoorbell(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Bell>> bells = [];

    public void Ring(string queue)
    {
        lock (gate)
            foreach (var bell in bells.GetValueOrDefault(queue) ?? [])
                bell.Ring();
    }

    /// <summary>A bell for one poller of the queue.</summary>
    internal Bell Hang(string queue)
    {
        var bell = new Bell(time);
        lock (gate)
            (bells.TryGetValue(queue, out var others) ? others : bells[queue] = []).Add(bell);
        return bell;
    }
}
