namespace Pipeline.Durable.Hub;

/// <summary>A wait that ends at a time, or at an earlier one that was set meanwhile.</summary>
internal sealed class AlarmClock(TimeProvider time)
{
    private readonly Lock gate = new();
    private ITimer? timer;
    private DateTimeOffset until = DateTimeOffset.MaxValue;

    /// <summary>Call before looking for what is due, so that nothing that is set meanwhile is missed.</summary>
    public void Arm()
    {
        lock (gate)
            until = DateTimeOffset.MaxValue;
    }

    /// <summary>Something is due at this time, of which the waiter may not know.</summary>
    public void Set(DateTimeOffset at)
    {
        lock (gate)
        {
            if (at >= until)
                return;
            until = at;
            timer?.Change(Until(at), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits until the earliest time set since <see cref="Arm"/>, at the latest until <paramref name="latest"/>.</summary>
    public async Task WaitAsync(DateTimeOffset latest, CancellationToken ct)
    {
        var rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = ct.Register(() => rung.TrySetResult());
        await using var own = time.CreateTimer(
            _ => rung.TrySetResult(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        Ring(own, latest);
        await rung.Task;
        lock (gate)
            timer = null;
    }

    private void Ring(ITimer own, DateTimeOffset latest)
    {
        lock (gate)
        {
            timer = own;
            until = latest < until ? latest : until;
            own.Change(Until(until), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Up to a whole millisecond, which is what timers count in: never a wake-up too early.</summary>
    private TimeSpan Until(DateTimeOffset at)
    {
        var wait = Math.Ceiling((at - time.GetUtcNow()).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Max(wait, 0));
    }
}
