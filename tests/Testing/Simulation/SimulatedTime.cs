namespace Pipeline.Testing.Simulation;

/// <summary>A clock that stands still while there is work and jumps to the next due timer when there is none.</summary>
public sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SortedSet<(DateTimeOffset Due, long Number, Alarm Alarm)> due = new(
        Comparer<(DateTimeOffset Due, long Number, Alarm Alarm)>.Create(
            (a, b) => (a.Due, a.Number).CompareTo((b.Due, b.Number))
        )
    );
    private readonly SimulationContext world;
    private DateTimeOffset now = Start;
    private long numbers;

    internal SimulatedTime(SimulationContext world) => this.world = world;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that are set.</summary>
    public int Timers => due.Count;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => (now - Start).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        world.AssertInside("a timer's creation");
        var alarm = new Alarm(this, callback, state, ExecutionContext.Capture());
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Goes to the next due time and queues all that is due then. False when no timer is set.</summary>
    internal bool TryAdvance()
    {
        if (due.Count == 0)
            return false;
        now = due.Min.Due > now ? due.Min.Due : now;
        while (due.Count > 0 && due.Min.Due <= now)
        {
            var alarm = due.Min.Alarm;
            due.Remove(due.Min);
            alarm.Ring();
        }
        return true;
    }

    private sealed class Alarm(SimulatedTime clock, TimerCallback callback, object? state, ExecutionContext? flow)
        : ITimer
    {
        private (DateTimeOffset Due, long Number, Alarm Alarm)? set;
        private TimeSpan period;
        private long armed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.world.AssertInside("a timer's change");
            Disarm();
            this.period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(clock.now + dueTime);
            return true;
        }

        public void Ring()
        {
            var current = armed;
            if (period > TimeSpan.Zero)
                Arm(clock.now + period);
            else
                set = null;
            clock.world.Post(_ => Fire(current), null);
        }

        public void Dispose() => Disarm();

        public ValueTask DisposeAsync()
        {
            Disarm();
            return ValueTask.CompletedTask;
        }

        private void Arm(DateTimeOffset at)
        {
            set = (at, clock.numbers++, this);
            clock.due.Add(set.Value);
        }

        private void Disarm()
        {
            armed++;
            if (set is { } entry)
                clock.due.Remove(entry);
            set = null;
        }

        /// <summary>Unless it was changed or disposed after it rang.</summary>
        private void Fire(long current)
        {
            if (current != armed)
                return;
            if (flow is null)
                callback(state);
            else
                ExecutionContext.Run(flow, s => callback(s), state);
        }
    }
}
