namespace Pipeline.Data;

/// <summary>Where the group commit runs, and where those who waited for it go on.</summary>
public interface ICommitLoop
{
    /// <summary>Gives the loop its work, once: <paramref name="drain"/> commits all that is waiting.</summary>
    void Start(Action drain);

    /// <summary>Something is waiting; many signals may be answered by one drain.</summary>
    void Signal();

    /// <summary>Runs what follows one commit (its hints, then its writer), away from the loop.</summary>
    void Tell(IThreadPoolWorkItem told);

    /// <summary>No drain runs any more once this has returned.</summary>
    void Stop();
}

/// <summary>Production: one thread owns the writing connection, so that writers queue instead of competing.</summary>
public sealed class ThreadCommitLoop : ICommitLoop, IDisposable
{
    private readonly SemaphoreSlim signal = new(0);
    private volatile bool stopping;
    private Thread? thread;

    /// <exception cref="InvalidOperationException">It has work already: of two threads, one would never hear of the end.</exception>
    public void Start(Action drain)
    {
        if (thread is not null)
            throw new InvalidOperationException("a commit loop serves one store");
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

    public void Tell(IThreadPoolWorkItem told) => ThreadPool.UnsafeQueueUserWorkItem(told, preferLocal: false);

    public void Stop()
    {
        stopping = true;
        signal.Release();
        thread?.Join();
    }

    public void Dispose() => signal.Dispose();
}
