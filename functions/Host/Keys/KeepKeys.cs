using Pipeline.Data;

namespace Pipeline.Functions.Keys;

/// <summary>What each functions host does for the keys: it takes over new ones, and seals secrets again that an old one has sealed.</summary>
internal sealed class KeepKeys(KeyRing ring, SecretRotation secrets)
{
    /// <summary>Longer than any functions host stands still and then writes what it had sealed by an old key.</summary>
    private static readonly TimeSpan SecretOverlap = TimeSpan.FromDays(1);
    private const int MostTurns = 1000;

    [Function("keys-refresh")]
    public Task RefreshAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer) => ring.RefreshAsync();

    [Function("keys-reseal")]
    public async Task ResealAsync([TimerTrigger("40 * * * * *")] TimerInfo timer)
    {
        for (var turn = 0; turn < MostTurns && await secrets.ResealAsync() > 0; turn++) { }
        await ring.RetireAsync(KeyRing.Secrets, SecretOverlap);
    }
}
