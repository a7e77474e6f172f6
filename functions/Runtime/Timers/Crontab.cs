namespace Pipeline.Runtime.Timers;

/// <summary>
/// An NCRONTAB schedule in UTC: `{second} {minute} {hour} {day} {month} {day-of-week}`, or five fields for second 0. Day and
/// day-of-week must both match.
/// </summary>
internal sealed class Crontab
{
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366 * 8); // the longest gap between two 29ths of February
    private readonly CronField seconds;
    private readonly CronField minutes;
    private readonly CronField hours;
    private readonly CronField days;
    private readonly CronField months;
    private readonly CronField weekdays;

    /// <exception cref="FormatException">The text is not a schedule; the message names the field.</exception>
    public Crontab(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 5)
            parts = ["0", .. parts];
        if (parts.Length != 6)
            throw new FormatException($"\"{text}\" has {parts.Length} fields, not 6");
        seconds = CronField.Parse("second", parts[0], 0, 59, []);
        minutes = CronField.Parse("minute", parts[1], 0, 59, []);
        hours = CronField.Parse("hour", parts[2], 0, 23, []);
        days = CronField.Parse("day", parts[3], 1, 31, []);
        months = CronField.Parse("month", parts[4], 1, 12, CronField.Months);
        weekdays = CronField.Parse("day of week", parts[5], 0, 6, CronField.Weekdays);
    }

    /// <summary>The first time after <paramref name="after"/>; null when there is none in eight years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var utc = after.ToUniversalTime();
        var from = new DateTimeOffset(utc.Ticks - utc.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero).AddSeconds(1);
        var end = from + Horizon;
        for (var at = from; at < end; )
        {
            var next = FirstNotBefore(at);
            if (next == at)
                return at;
            at = next;
        }
        return null;
    }

    // The time itself when it matches, else the start of the next larger unit that may.
    private DateTimeOffset FirstNotBefore(DateTimeOffset at)
    {
        if (!months.Has(at.Month))
            return new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        if (!days.Has(at.Day) || !weekdays.Has((int)at.DayOfWeek))
            return new DateTimeOffset(at.Date, TimeSpan.Zero).AddDays(1);
        if (!hours.Has(at.Hour))
            return at.AddHours(1).AddMinutes(-at.Minute).AddSeconds(-at.Second);
        if (!minutes.Has(at.Minute))
            return at.AddMinutes(1).AddSeconds(-at.Second);
        return seconds.Has(at.Second) ? at : at.AddSeconds(1);
    }
}
