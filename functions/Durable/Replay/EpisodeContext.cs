namespace Pipeline.Durable.Replay;

/// <summary>Runs an orchestrator's continuations in the order they were posted, on the thread that replays it.</summary>
internal sealed class EpisodeContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
    private int thread = Environment.CurrentManagedThreadId;
    private volatile bool strayed;
    private bool closed;

    /// <summary>True when a continuation came from elsewhere: the code awaited something that is not the engine's.</summary>
    public bool Strayed => strayed;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != thread)
            strayed = true;
        else if (!closed)
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

    /// <summary>The code acts only here, while its news is given to it.</summary>
    /// <exception cref="InvalidOperationException">It went on elsewhere, or later.</exception>
    public void AssertHere()
    {
        if (Environment.CurrentManagedThreadId == thread && Current == this && !closed)
            return;
        strayed = true;
        throw new InvalidOperationException("an orchestrator awaits nothing but its context's tasks");
    }

    /// <summary>A stretch begins; the last one may have been on another thread.</summary>
    public void Open() => (thread, closed) = (Environment.CurrentManagedThreadId, false);

    /// <summary>The stretch is over: what comes later comes from something the engine does not know.</summary>
    public void Close() => closed = true;
}
