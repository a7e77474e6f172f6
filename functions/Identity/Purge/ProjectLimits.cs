using Pipeline.Data;

namespace Pipeline.Identity.Purge;

/// <summary>The limits that a project has of its own, of all services: each is named by its resource.</summary>
internal sealed class ProjectLimits : IProjectHoldings
{
    public string Kind => "limit";

    public PurgeStage Stage => PurgeStage.Limits;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) => tx.CountLimitsAsync(project);

    public async ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        [
            .. (await tx.ListLimitsAsync(project, after, limit)).Select(own => new HeldThing
            {
                Id = own.Resource,
                Name = own.Resource,
            }),
        ];

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        await tx.ClearLimitsAsync(cause.Project, [id]);
        return Removing.Now;
    }
}
