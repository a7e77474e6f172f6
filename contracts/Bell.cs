namespace Pipeline.Contracts;

/// <summary>A wake-up hint with memory: rung while nobody waits, the next wait ends at once.</summary>
public sealed class Bell(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Ring()
    {
        lock (gate)
            rung.TrySetResult();
    }

    /// <summary>Ends when rung, after the time-out, or when cancelled; never throws.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken ct)
    {
        Task ring;
        lock (gate)
            ring = rung.Task;
        if (!ring.IsCompleted && !ct.IsCancellationRequested)
        {
            using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(ring, Task.Delay(timeout, time, done.Token));
            done.Cancel();
        }
        lock (gate)
            if (rung.Task.IsCompleted)
                rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
