using Pipeline.Data;

namespace Pipeline.Network.PrefixPools;

/// <summary>A project's subnet pools, for its emptying; one from which other projects have subnets is in their way.</summary>
internal sealed class ProjectSubnetPools : IProjectHoldings
{
    private const string Own = "FROM subnet_pools WHERE project_id = @project";

    public string Kind => "subnet-pool";

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
        if (!SubnetPoolId.TryParse(id, out var known) || await tx.FindSubnetPoolAsync(known) is not { } found)
            return Removing.Already;
        try
        {
            await tx.RemoveSubnetPoolAsync(found);
            return Removing.Now;
        }
        catch (Fault fault) when (fault.Code is FaultCode.Conflict or FaultCode.BadRequest)
        {
            return Removing.Blocked(fault.Message);
        }
    }
}
