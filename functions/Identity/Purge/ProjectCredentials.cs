using Pipeline.Data;
using Pipeline.Identity.Credentials;

namespace Pipeline.Identity.Purge;

/// <summary>Credentials for a project, EC2's among them, with their secrets.</summary>
internal sealed class ProjectCredentials(CredentialStore credentials) : IProjectHoldings
{
    public string Kind => "credential";

    public PurgeStage Stage => PurgeStage.Delegations;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>("SELECT COUNT(*) FROM credentials WHERE project_id = @project", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            """
            SELECT id, type AS name FROM credentials WHERE project_id = @project AND id > @after
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
        if (await credentials.FindAsync(tx, id) is { } found)
            await credentials.DeleteAsync(tx, found);
        return Removing.Now;
    }
}
