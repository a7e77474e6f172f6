using Pipeline.Data;

namespace Pipeline.Network.Routers;

/// <summary>A project's routers, for its emptying; other projects' floating addresses behind them are cut off.</summary>
internal sealed class ProjectRouters(RouterRemoval removal) : IProjectHoldings
{
    private const string Own = "FROM routers WHERE project_id = @project AND deleted_at IS NULL";

    public string Kind => "router";

    public PurgeStage Stage => PurgeStage.Routers;

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
        if (!RouterId.TryParse(id, out var known) || await tx.LockRouterAsync(known) is not { } found)
            return Removing.Already;
        await removal.RemoveWholeAsync(tx, found);
        return Removing.Now;
    }
}
