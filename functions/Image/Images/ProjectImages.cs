using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Image.Orchestrations;

namespace Pipeline.Image.Images;

/// <summary>A project's images, for its emptying: also protected ones, and those that others see.</summary>
internal sealed class ProjectImages(DurableTaskClient durable) : IProjectHoldings
{
    public string Kind => "image";

    public PurgeStage Stage => PurgeStage.Images;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>(
            "SELECT COUNT(*) FROM images WHERE project_id = @project AND status <> 'deleted'",
            new { project }
        );

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            """
            SELECT id, COALESCE(name, '') AS name FROM images
            WHERE project_id = @project AND status <> 'deleted' AND id > @after ORDER BY id LIMIT @limit
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
        if (
            !ImageId.TryParse(id, out var image)
            || await tx.FindImageAsync(image) is not { Status: not ImageStatus.Deleted } found
        )
            return Removing.Already;
        await tx.BuryImageAsync(image);
        var options = new StartOptions($"image-{id}-delete-{cause.RequestId}", found.ProjectId, cause.RequestId);
        await durable.StartAsync(tx, new DeleteImage(image), options);
        return Removing.Now;
    }
}
