using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;

namespace Pipeline.Runtime.Http;

/// <summary>
/// Lets each project send so many requests and no more: a token bucket each, in this functions host. Callers without a project count by
/// themselves; agents, and who has no token, are not counted.
/// </summary>
/// <remarks>
/// The framework's buckets fill by the machine's clock, whatever TimeProvider says: rates are of real requests. A simulation, which owns
/// time, has no <see cref="RateLimitSettings"/>.
/// </remarks>
internal sealed class ProjectRates(RateLimitSettings settings)
{
    /// <summary>More buckets than this are forgotten, all at once: who had emptied one has a full one again.</summary>
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, TokenBucketRateLimiter> buckets = new();

    /// <exception cref="Fault">RateLimited; `Retry-After` says when there is a token again.</exception>
    public void Take(Invocation invocation)
    {
        var caller = invocation.Caller;
        if (caller.IsAnonymous || caller.Host is not null)
            return;
        var bucket = BucketOf(caller.ProjectId?.Value ?? $"user/{caller.UserId}");
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        if (lease.IsAcquired)
            return;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : settings.ReplenishmentPeriod;
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        invocation.Context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        throw new Fault(FaultCode.RateLimited, $"This request was rate-limited. Try again in {seconds} s.");
    }

    private TokenBucketRateLimiter BucketOf(string key)
    {
        if (buckets.TryGetValue(key, out var known))
            return known;
        if (buckets.Count >= Most)
            buckets.Clear();
        return buckets.GetOrAdd(key, _ => NewBucket());
    }

    // It has no timer: who takes from it fills it first.
    private TokenBucketRateLimiter NewBucket() =>
        new(
            new()
            {
                TokenLimit = settings.TokenLimit,
                TokensPerPeriod = settings.TokensPerPeriod,
                ReplenishmentPeriod = settings.ReplenishmentPeriod,
                AutoReplenishment = false,
                QueueLimit = 0,
            }
        );
}
