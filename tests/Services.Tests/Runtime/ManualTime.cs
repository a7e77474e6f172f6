namespace Pipeline.Services.Tests.Runtime;

/// <summary>A clock that moves when a test says so. Timers fire in the order in which they are due, and what each sets off runs first.</summary>
internal sealed class ManualTime(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Due> timers = [];
    private DateTimeOffset now = start ?? new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Due(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var end = now + by;
        Turns.SettleCurrent();
        while (Next(end) is { } due)
        {
            due.Ring();
            Turns.SettleCurrent();
        }
        now = end;
    }

    private Due? Next(DateTimeOffset end)
    {
        lock (gate)
        {
            var first = timers.MinBy(timer => timer.At);
            if (first is null || first.At > end)
                return null;
            now = first.At > now ? first.At : now;
            timers.Remove(first);
            return first;
        }
    }

    private sealed class Due(ManualTime time, Action ring) : ITimer
    {
        private TimeSpan every = Timeout.InfiniteTimeSpan;

        public DateTimeOffset At { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                every = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                At = time.now + dueTime;
                time.timers.Add(this);
            }
            return true;
        }

        public void Ring()
        {
            if (every > TimeSpan.Zero)
                Change(every, every);
            ring();
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
