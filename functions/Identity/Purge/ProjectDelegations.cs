using Pipeline.Data;
using Pipeline.Identity.Changes;

namespace Pipeline.Identity.Purge;

/// <summary>Application credentials for a project; their tokens end with them.</summary>
internal sealed class ProjectApplicationCredentials(IdentityStore store, ChangeLog changes) : IProjectHoldings
{
    public string Kind => "application_credential";

    public PurgeStage Stage => PurgeStage.Delegations;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM application_credentials WHERE project_id = @project",
            new { project }
        );

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            """
            SELECT id, name FROM application_credentials WHERE project_id = @project AND id > @after
            ORDER BY id LIMIT @limit
            """,
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        await store.DeleteCredentialAsync(tx, id);
        await changes.AddAsync(tx, Change.Delegation(id, revokes: true));
        return Removing.Now;
    }
}

/// <summary>Trusts on a project; their tokens end with them.</summary>
internal sealed class ProjectTrusts(IdentityStore store, ChangeLog changes) : IProjectHoldings
{
    public string Kind => "trust";

    public PurgeStage Stage => PurgeStage.Delegations;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>("SELECT COUNT(*) FROM trusts WHERE project_id = @project", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            "SELECT id, '' AS name FROM trusts WHERE project_id = @project AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        await store.DeleteTrustAsync(tx, id);
        await changes.AddAsync(tx, Change.Delegation(id, revokes: true));
        return Removing.Now;
    }
}
