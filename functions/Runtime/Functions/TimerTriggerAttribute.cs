namespace Pipeline.Runtime;

/// <summary>Runs a function on a schedule; stands on its first parameter, a <see cref="TimerInfo"/>.</summary>
/// <param name="schedule">NCRONTAB: second minute hour day month day-of-week, in UTC; `%Name%` is read from the settings.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;

    /// <summary>Runs it once when the functions host starts, too.</summary>
    public bool RunOnStartup { get; set; }
}

/// <param name="IsPastDue">True when this run is late, because the one before it was still running or the host was busy.</param>
public sealed record TimerInfo(ScheduleStatus ScheduleStatus, bool IsPastDue);

/// <param name="Last">When this run was due.</param>
/// <param name="Next">When the run after it is due.</param>
public sealed record ScheduleStatus(DateTimeOffset Last, DateTimeOffset Next);
