using Pipeline.Data;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Delegations;

namespace Pipeline.Identity.Purge;

/// <summary>Application credentials for a project; their tokens end with them.</summary>
internal sealed class ProjectApplicationCredentials(IdentityStore store, ChangeLog changes)
    : HeldRows("application_credential", PurgeStage.Delegations, "application_credentials")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        await store.DeleteCredentialAsync(tx, id);
        await changes.AddAsync(tx, Change.Delegation(id, revokes: true));
        return true;
    }
}

/// <summary>Trusts on a project; their tokens end with them.</summary>
internal sealed class ProjectTrusts(IdentityStore store, ChangeLog changes)
    : HeldRows("trust", PurgeStage.Delegations, "trusts", name: "''")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        await Delegating.EndAsync(tx, store, changes, id);
        return true;
    }
}
