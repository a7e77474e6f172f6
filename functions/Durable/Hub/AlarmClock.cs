namespace Pipeline.Durable.Hub;

/// <summary>A wait that ends at its time-out, or as soon as an earlier time is set.</summary>
internal sealed class AlarmClock(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset until = DateTimeOffset.MinValue;
    private DateTimeOffset earliest = DateTimeOffset.MaxValue;

    /// <summary>Something is due at this time, of which the waiter may not know.</summary>
    public void Set(DateTimeOffset at)
    {
        lock (gate)
        {
            if (at >= until)
                return;
            earliest = at < earliest ? at : earliest;
            rung.TrySetResult();
        }
    }

    /// <summary>Call <see cref="Arm"/> before looking for what is due, so that nothing set meanwhile is missed.</summary>
    public void Arm()
    {
        lock (gate)
        {
            until = DateTimeOffset.MaxValue;
            earliest = DateTimeOffset.MaxValue;
            rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        Task ring;
        lock (gate)
        {
            until = now + wait;
            if (earliest >= until)
                rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ring = rung.Task;
        }
        if (wait <= TimeSpan.Zero || ct.IsCancellationRequested)
            return;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(ring, Task.Delay(wait, time, done.Token));
        await done.CancelAsync();
    }
}
