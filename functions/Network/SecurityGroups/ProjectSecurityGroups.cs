using Pipeline.Data;

namespace Pipeline.Network.SecurityGroups;

/// <summary>A project's security groups, for its emptying, the default one among them.</summary>
internal sealed class ProjectSecurityGroups(SecurityGroupBook book) : IProjectHoldings
{
    private const string Own = "FROM security_groups WHERE project_id = @project";

    public string Kind => "security-group";

    public PurgeStage Stage => PurgeStage.SecurityGroups;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>($"SELECT COUNT(*) {Own}", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            $"SELECT id, name {Own} AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!SecurityGroupId.TryParse(id, out var known) || await tx.FindGroupAsync(known) is not { } found)
            return Removing.Already;
        try
        {
            await book.RemoveAsync(tx, found, isAdmin: true);
            return Removing.Now;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return Removing.Blocked(fault.Message);
        }
    }
}
