using Pipeline.Data;

namespace Pipeline.Network.Subnets;

/// <summary>A project's subnets, for its emptying, on others' networks too.</summary>
internal sealed class ProjectSubnets(SubnetRemoval removal) : IProjectHoldings
{
    private const string Own = "FROM subnets WHERE project_id = @project";

    public string Kind => "subnet";

    public PurgeStage Stage => PurgeStage.Subnets;

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
        if (!SubnetId.TryParse(id, out var known) || await tx.FindSubnetAsync(known) is not { } found)
            return Removing.Already;
        try
        {
            await removal.RemoveAsync(tx, found);
            return Removing.Now;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return Removing.Blocked(fault.Message);
        }
    }
}
