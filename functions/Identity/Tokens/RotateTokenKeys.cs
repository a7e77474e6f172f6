using Pipeline.Data;

namespace Pipeline.Identity.Tokens;

/// <summary>A new key when the present one has served its time; one whose tokens have all expired is forgotten.</summary>
internal sealed class RotateTokenKeys(KeyRing ring, IdentityOptions options, TimeProvider time)
{
    [Function("identity-rotate-token-keys")]
    public async Task RunAsync([TimerTrigger("0 17 * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        if (time.GetUtcNow() - ring.Of(KeyRing.Tokens)[0].MadeAt >= options.KeyRotation)
            await ring.TryRotateAsync(KeyRing.Tokens); // or another functions host has
        await ring.RetireAsync(KeyRing.Tokens, options.TokenLifetime);
    }
}
