namespace Pipeline.Identity.Tokens;

internal sealed class RotateTokenKeys(TokenKeys keys)
{
    [Function("identity-rotate-token-keys")]
    public Task RunAsync([TimerTrigger("0 17 * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        keys.RotateWhenDue();
        return Task.CompletedTask;
    }
}
