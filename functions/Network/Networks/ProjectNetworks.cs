using Pipeline.Data;

namespace Pipeline.Network.Networks;

/// <summary>A project's networks, for its emptying; one that has other projects' ports is in their way.</summary>
internal sealed class ProjectNetworks(NetworkRemoval removal) : IProjectHoldings
{
    private const string Own = "FROM networks WHERE project_id = @project AND deleted_at IS NULL";

    public string Kind => "network";

    public PurgeStage Stage => PurgeStage.Networks;

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
        if (!NetworkId.TryParse(id, out var known) || await tx.FindNetworkAsync(known) is not { } found)
            return Removing.Already;
        try
        {
            await removal.RemoveAsync(tx, found, cause.RequestId);
            return Removing.Now;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return Removing.Blocked(fault.Message);
        }
    }
}
