using Pipeline.Data;
using Pipeline.Identity.Credentials;

namespace Pipeline.Identity.Purge;

/// <summary>Credentials for a project, EC2's among them, with their secrets.</summary>
internal sealed class ProjectCredentials(CredentialStore credentials)
    : HeldRows("credential", PurgeStage.Delegations, "credentials", name: "type")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (await credentials.FindAsync(tx, id) is { } found)
            await credentials.DeleteAsync(tx, found);
        return true;
    }
}
