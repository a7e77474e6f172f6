using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>
/// Seals secrets again by the newest key, some at a time. Each is readable at every moment, so a death in between costs nothing, and
/// two functions hosts that do it at once do it twice.
/// </summary>
public sealed class SecretRotation(Database db, KeyRing ring, Vault vault)
{
    private const int AtOnce = 100;

    /// <returns>How many were looked at; 0 when all are sealed by the key that seals now.</returns>
    public async Task<int> ResealAsync()
    {
        if (ring.Of(KeyRing.Secrets).Count < 2)
            return 0;
        var key = ring.Sealing(KeyRing.Secrets);
        var old = await db.ReadAsync(tx => tx.ListSealedByOthersAsync(key.Id, AtOnce));
        if (old.Count == 0)
            return 0;
        var anew = old.Select(row => vault.Reseal(new(row.Id, row.Sealed))).ToList();
        await db.WriteAsync(tx =>
        {
            for (var i = 0; i < old.Count; i++)
                tx.ReplaceSealed(old[i], anew[i]);
            return ValueTask.CompletedTask;
        });
        return old.Count;
    }
}
