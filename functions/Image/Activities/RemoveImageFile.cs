using Pipeline.Durable;

namespace Pipeline.Image.Activities;

/// <summary>Removes whatever uploads of a deleted image have left; nothing there is success.</summary>
internal sealed record RemoveImageFile(ImageId Image) : IActivity<Done>;

internal sealed class RemoveImageFileHandler(ImageBlobs images) : ILocalActivity<RemoveImageFile, Done>
{
    public async Task<Done> RunAsync(RemoveImageFile step, CancellationToken ct)
    {
        await foreach (var blob in images.Blobs.ListAsync($"{step.Image}/", ct))
            await images.Blobs.DeleteAsync(blob.Name, ct);
        return Done.Instance;
    }
}
