using System.Globalization;
using Pipeline.Runtime.Timers;

namespace Pipeline.Services.Tests.Runtime.Timers;

public sealed class CrontabTests
{
    [Theory]
    [InlineData("*/10 * * * * *", "2030-01-01T00:00:00Z", "2030-01-01T00:00:10Z")]
    [InlineData("0 */5 * * * *", "2030-01-01T00:04:59.5Z", "2030-01-01T00:05:00Z")]
    [InlineData("0 */5 * * * *", "2030-01-01T00:05:00Z", "2030-01-01T00:10:00Z")]
    [InlineData("*/5 * * * *", "2030-01-01T00:00:00Z", "2030-01-01T00:05:00Z")]
    [InlineData("0 30 9 * * Mon-Fri", "2030-01-04T10:00:00Z", "2030-01-07T09:30:00Z")]
    [InlineData("0 0 0 29 2 *", "2030-01-01T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("0 0 12 1,15 JAN,july *", "2030-01-15T12:00:00Z", "2030-07-01T12:00:00Z")]
    [InlineData("0 0 0 13 * 5", "2030-01-01T00:00:00Z", "2030-09-13T00:00:00Z")]
    [InlineData("59 59 23 31 12 *", "2030-12-31T23:59:59Z", "2031-12-31T23:59:59Z")]
    [InlineData("5/20 0 0 * * *", "2030-01-01T00:00:05Z", "2030-01-01T00:00:25Z")]
    [InlineData("0 10-20/5 * * * *", "2030-01-01T00:15:00Z", "2030-01-01T00:20:00Z")]
    [InlineData("0 0 8 * * *", "2030-01-01T08:00:00+01:00", "2030-01-01T08:00:00Z")]
    public void The_next_time_is_the_first_that_matches_every_field(string schedule, string after, string next)
    {
        Assert.Equal(Time(next), new Crontab(schedule).Next(Time(after)));
    }

    [Fact]
    public void A_day_that_never_comes_has_no_next_time()
    {
        Assert.Null(new Crontab("0 0 0 31 2 *").Next(Time("2030-01-01T00:00:00Z")));
    }

    [Theory]
    [InlineData("* * * *", "4 fields")]
    [InlineData("60 * * * * *", "\"60\" is no second")]
    [InlineData("* * 24 * * *", "\"24\" is no hour")]
    [InlineData("* * * 0 * *", "\"0\" is no day")]
    [InlineData("* * * * 13 *", "\"13\" is no month")]
    [InlineData("* * * * * 7", "\"7\" is no day of week")]
    [InlineData("* 5-1 * * * *", "\"5-1\" is no minute")]
    [InlineData("* */0 * * * *", "\"*/0\" is no minute")]
    [InlineData("* * * * Mo *", "\"Mo\" is no month")]
    [InlineData("-1 * * * * *", "\"-1\" is no second")]
    public void A_malformed_schedule_names_its_field(string schedule, string message)
    {
        Assert.Contains(message, Assert.Throws<FormatException>(() => new Crontab(schedule)).Message);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
