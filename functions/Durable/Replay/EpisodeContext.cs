namespace Pipeline.Durable.Replay;

/// <summary>Runs an orchestrator's continuations in the order they were posted, on the thread that replays it.</summary>
internal sealed class EpisodeContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
    private bool closed;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // A continuation that comes when the episode is over awaited something foreign; the instance is parked for it.
        if (!closed)
            posted.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => Post(d, state);

    public override SynchronizationContext CreateCopy() => this;

    public void Run(Action work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            work();
            while (posted.TryDequeue(out var next))
                next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Close() => closed = true;
}
