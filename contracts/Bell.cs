namespace Pipeline.Contracts;

/// <summary>A wake-up hint with memory, for one waiter: rung while it does not wait, its next wait ends at once.</summary>
public sealed class Bell(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiter;
    private bool rung;

    public void Ring()
    {
        lock (gate)
        {
            rung = true;
            waiter?.TrySetResult();
        }
    }

    /// <summary>Ends when rung, after the time-out, or when cancelled; never throws.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken ct)
    {
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiter = wake;
            if (rung)
                wake.SetResult();
        }
        await using var late = time.CreateTimer(Wake, wake, timeout, Timeout.InfiniteTimeSpan);
        await using var cancelled = ct.UnsafeRegister(Wake, wake);
        await wake.Task; // awaited bare: WhenAny would go on from another thread, not on the waiter's context
        lock (gate)
            (waiter, rung) = (null, false);
    }

    private static void Wake(object? waiting) => ((TaskCompletionSource)waiting!).TrySetResult();
}
