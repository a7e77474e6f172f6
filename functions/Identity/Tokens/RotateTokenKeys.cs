namespace Pipeline.Identity.Tokens;

internal sealed class RotateTokenKeys(TokenKeys keys)
{
    [Function("identity-rotate-token-keys")]
    public void Run([TimerTrigger("0 17 * * * *", RunOnStartup = true)] TimerInfo timer) => keys.RotateWhenDue();
}
