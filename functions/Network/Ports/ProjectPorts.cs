using Pipeline.Data;

namespace Pipeline.Network.Ports;

/// <summary>A project's ports, for its emptying; those of DHCP servers go with their networks.</summary>
internal sealed class ProjectPorts(PortRemoval removal) : IProjectHoldings
{
    private const string Own =
        "FROM ports WHERE project_id = @project AND deleted_at IS NULL AND device_owner <> 'network:dhcp'";

    public string Kind => "port";

    public PurgeStage Stage => PurgeStage.Ports;

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
        if (!PortId.TryParse(id, out var known) || await tx.FindPortAsync(known) is not { } found)
            return Removing.Already;
        await removal.RemoveAsync(tx, found, cause.RequestId);
        return Removing.Now;
    }
}
