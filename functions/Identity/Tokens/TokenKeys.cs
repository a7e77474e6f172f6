using Pipeline.Data;

namespace Pipeline.Identity.Tokens;

/// <summary>The ring's keys of tokens: one seals, all of them open.</summary>
internal sealed class TokenKeys(KeyRing ring, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private volatile Known known = new([], []);
    private long lookedAt = time.GetTimestamp();

    public TokenKey Primary => Find((byte)ring.Sealing(KeyRing.Tokens).Id)!;

    /// <summary>Null for a key that this cloud does not have, or has no more.</summary>
    public TokenKey? Find(byte id)
    {
        foreach (var key in Current())
            if (key.Id == id)
                return key;
        return null;
    }

    /// <summary>
    /// Looks for keys that another functions host has made since. Unknown ids come from strangers too, so it is not done for each.
    /// </summary>
    /// <returns>False when it was done a moment ago.</returns>
    public async ValueTask<bool> LookAsync()
    {
        var looked = Interlocked.Read(ref lookedAt);
        if (
            time.GetElapsedTime(looked) < BetweenLooks
            || Interlocked.CompareExchange(ref lookedAt, time.GetTimestamp(), looked) != looked
        )
            return false;
        await ring.RefreshAsync();
        return true;
    }

    // Keys keep their ciphers, and what was opened by them, for as long as they are in the ring.
    private TokenKey[] Current()
    {
        var seen = known;
        var all = ring.Keys;
        if (ReferenceEquals(seen.All, all))
            return seen.Keys;
        known = new(
            all,
            [
                .. all.Where(key => key.Purpose == KeyRing.Tokens)
                    .Select(key =>
                        Array.Find(seen.Keys, old => ReferenceEquals(old.Secret, key.Secret))
                        ?? new TokenKey((byte)key.Id, key.Secret)
                    ),
            ]
        );
        return known.Keys;
    }

    private sealed record Known(IReadOnlyList<RingKey> All, TokenKey[] Keys);
}
