using Pipeline.Data;

namespace Pipeline.Network.Rbac;

/// <summary>A project's policies, for its emptying: those of its own things go with these, those of others' things here.</summary>
internal sealed class ProjectRbacPolicies : IProjectHoldings
{
    private const string Own = "FROM rbac_policies WHERE project_id = @project";

    public string Kind => "rbac-policy";

    public PurgeStage Stage => PurgeStage.Networks;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>($"SELECT COUNT(*) {Own}", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            $"SELECT id, object_type AS name {Own} AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!RbacPolicyId.TryParse(id, out var known) || await tx.FindPolicyAsync(known) is not { } found)
            return Removing.Already;
        await Sharing.RemoveAsync(tx, found);
        return Removing.Now;
    }
}
