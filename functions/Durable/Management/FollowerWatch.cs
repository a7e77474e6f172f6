using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Management;

/// <summary>One follower's waits: woken by what moves, at the latest by the poll.</summary>
internal sealed class FollowerWatch : IDisposable
{
    /// <summary>The net under the hints; also how often other functions hosts are told that somebody follows.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>After so long without news a sign of life is due, so that a reader that is gone is noticed.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly EngineParts parts;
    private readonly TimeProvider time;
    private readonly string key;
    private readonly AlarmClock alarm;
    private readonly IDisposable following;
    private DateTimeOffset told;

    public FollowerWatch(EngineParts parts, TimeProvider time, string key)
    {
        (this.parts, this.time, this.key) = (parts, time, key);
        told = time.GetUtcNow();
        alarm = new(time);
        following = parts.Followers.Follow(key, () => alarm.Set(DateTimeOffset.MinValue));
        Announce();
    }

    /// <summary>Before a look, so that what moves meanwhile is not missed.</summary>
    public void Arm() => alarm.Arm();

    /// <summary>True when there is news to give, or it is time for a sign of life.</summary>
    public bool IsDue(bool hasNews)
    {
        var now = time.GetUtcNow();
        if (!hasNews && now - told < Beat)
            return false;
        told = now;
        return true;
    }

    public async Task WaitAsync(CancellationToken ct)
    {
        await alarm.WaitAsync(time.GetUtcNow() + Poll, ct);
        Announce();
    }

    public void Dispose() => following.Dispose();

    private void Announce() => parts.Followers.Announce(key, parts.Owner);
}
