using Pipeline.Data;

namespace Pipeline.Network.FloatingIps;

/// <summary>A project's floating addresses, for its emptying.</summary>
internal sealed class ProjectFloatingIps(FloatingIpBook book) : IProjectHoldings
{
    private const string Own = "FROM floating_ips WHERE project_id = @project AND deleted_at IS NULL";

    public string Kind => "floatingip";

    public PurgeStage Stage => PurgeStage.Routers;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>($"SELECT COUNT(*) {Own}", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            $"SELECT id, floating_ip_address AS name {Own} AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!FloatingIpId.TryParse(id, out var known) || await tx.LockFloatingIpAsync(known) is not { } found)
            return Removing.Already;
        await book.RemoveAsync(tx, found);
        return Removing.Now;
    }
}
