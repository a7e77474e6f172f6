using Pipeline.Data;

namespace Pipeline.Identity.Changes;

/// <summary>Removes revocations that no living token can be hit by, so that their table stays as small as an hour's changes.</summary>
internal sealed class ForgetChanges(Database db, IdentityStore store)
{
    private const int AtOnce = 500;

    [Function("identity-forget-changes")]
    public async Task RunAsync([TimerTrigger("0 */10 * * * *")] TimerInfo timer)
    {
        while (await db.WriteAsync(tx => store.ForgetChangesAsync(tx, AtOnce)) == AtOnce)
            continue;
    }
}
