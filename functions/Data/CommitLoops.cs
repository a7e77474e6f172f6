namespace Pipeline.Data;

/// <summary>Where the group commit runs.</summary>
public interface ICommitLoop
{
    /// <summary>Gives the loop its work, once: <paramref name="drain"/> commits all that is waiting.</summary>
    void Start(Action drain);

    /// <summary>Something is waiting; many signals may be answered by one drain.</summary>
    void Signal();

    void Stop();
}

/// <summary>Production: one thread owns the writing connection, so that writers queue instead of competing.</summary>
public sealed class ThreadCommitLoop : ICommitLoop, IDisposable
{
    private readonly SemaphoreSlim signal = new(0);
    private volatile bool stopping;
    private Thread? thread;

    public void Start(Action drain)
    {
        thread = new Thread(() =>
        {
            while (!stopping)
            {
                signal.Wait();
                while (signal.Wait(0)) { }
                drain();
            }
        })
        {
            Name = "commit",
            IsBackground = true,
        };
        thread.Start();
    }

    public void Signal() => signal.Release();

    public void Stop()
    {
        stopping = true;
        signal.Release();
        thread?.Join();
    }

    public void Dispose() => signal.Dispose();
}

/// <summary>Simulation and single-threaded worlds: commits on the context that signals, one turn later.</summary>
public sealed class ContextCommitLoop(SynchronizationContext context) : ICommitLoop
{
    private Action work = () => { };
    private bool posted;
    private bool stopped;

    public void Start(Action drain) => work = drain;

    public void Signal()
    {
        if (posted)
            return;
        posted = true;
        context.Post(
            _ =>
            {
                posted = false;
                if (!stopped)
                    work();
            },
            null
        );
    }

    public void Stop() => stopped = true;
}
