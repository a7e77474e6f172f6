using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Image.Orchestrations;

namespace Pipeline.Image.Images;

/// <summary>A project's images, for its emptying: also protected ones, and those that others see.</summary>
internal sealed class ProjectImages(DurableTaskClient durable)
    : HeldRows("image", PurgeStage.Images, "images", "status <> 'deleted'", "COALESCE(name, '')")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (
            !ImageId.TryParse(id, out var image)
            || await tx.FindImageAsync(image) is not { Status: not ImageStatus.Deleted } found
        )
            return false;
        await tx.BuryImageAsync(image);
        var options = new StartOptions($"image-{id}-delete-{cause.RequestId}", found.ProjectId, cause.RequestId);
        await durable.StartAsync(tx, new DeleteImage(image), options);
        return true;
    }
}
