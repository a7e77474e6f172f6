using Pipeline.Data;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Changes;

/// <summary>
/// Keeps this functions host's memory behind the database by less than a second: whoever needs it asks the database when
/// nobody did within that time, or when this host has itself written a change since. Idle hosts ask nothing.
/// </summary>
internal sealed class ChangeFeed(
    Database db,
    IdentityStore store,
    Revocations revocations,
    IdentityCache cache,
    TimeProvider time
)
{
    /// <summary>How long an answer of the database is believed.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task? asking;
    private long confirmedAt;
    private bool confirmed;
    private long distrusts;
    private long version;

    /// <summary>The last change that memory reflects.</summary>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Returns once memory reflects what was committed a second ago, and all that this host has committed.</summary>
    /// <exception cref="Fault">Unavailable when the database does not answer: nothing is believed then.</exception>
    public ValueTask ConfirmAsync() => IsConfirmed ? ValueTask.CompletedTask : new(AskUntilConfirmedAsync());

    /// <summary>This host has committed a change: the next question goes to the database.</summary>
    public void Distrust()
    {
        lock (gate)
        {
            distrusts++;
            confirmed = false;
        }
    }

    private bool IsConfirmed
    {
        get
        {
            lock (gate)
                return confirmed && time.GetElapsedTime(confirmedAt) < Trust;
        }
    }

    private async Task AskUntilConfirmedAsync()
    {
        while (!IsConfirmed)
            await Ask();
    }

    private Task Ask()
    {
        lock (gate)
        {
            if (asking is { IsCompleted: false })
                return asking;
            return asking = AskAsync(distrusts, time.GetTimestamp());
        }
    }

    private async Task AskAsync(long distrustsBefore, long askedAt)
    {
        var seen = Version;
        var (state, changes) = await db.ReadAsync(async tx =>
        {
            var now = await store.ChangeStateAsync(tx);
            return (now, now.Version > seen ? await store.ChangesAfterAsync(tx, seen) : []);
        });
        lock (gate)
        {
            if (state.Version < seen)
            {
                Restart();
                return;
            }
            if (state.Forgotten > seen)
                cache.Clear(); // asleep for so long that changes are missing; the tokens they revoked have expired
            revocations.Apply(changes);
            cache.Apply(changes, state.Version);
            Interlocked.Exchange(ref version, state.Version);
            // A change written here while the database was being asked may not be in its answer.
            confirmed = distrusts == distrustsBefore;
            confirmedAt = askedAt;
        }
    }

    // The database is older than memory, so it was restored: all is read again from the first change.
    private void Restart()
    {
        cache.Clear();
        revocations.Clear();
        Interlocked.Exchange(ref version, 0);
    }
}
