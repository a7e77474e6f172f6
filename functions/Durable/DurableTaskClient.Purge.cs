using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

/// <summary>Forgetting what has ended.</summary>
public sealed partial class DurableTaskClient
{
    private const int PurgesPerCall = 20;

    /// <summary>
    /// Forgets instances that have ended, oldest first, in transactions of their own that are small enough to hold nobody up:
    /// at most a thousand in one call.
    /// </summary>
    /// <param name="ct">Looked at between two transactions; what went until then is gone.</param>
    public async Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken ct = default)
    {
        var (gone, calls) = (0, 0);
        foreach (var status in InstanceStatus.Terminal.Where(s => filter.Statuses?.Contains(s) ?? true))
            for (var more = true; more; )
            {
                ct.ThrowIfCancellationRequested();
                if (calls++ == PurgesPerCall)
                    return new(gone, IsComplete: false);
                (var some, more) = await db.WriteAsync(tx => tx.PurgeAsync(status, filter));
                // Whatever is left then is in others' hands.
                more &= some > 0;
                gone += some;
            }
        return new(gone, IsComplete: true);
    }
}
