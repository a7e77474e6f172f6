using Xunit;

namespace Pipeline.Drivers.Tests;

/// <summary>Awaits a condition of the machine, with a deadline.</summary>
public static class Eventually
{
    public static async Task IsTrueAsync(Func<Task<bool>> condition, string what)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (!await condition())
        {
            Assert.True(time.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"did not happen within 60 s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, TestContext.Current.CancellationToken);
        }
    }
}
