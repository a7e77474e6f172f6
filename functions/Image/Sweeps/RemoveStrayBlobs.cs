using Microsoft.Extensions.Logging;
using Pipeline.Data;
using Pipeline.Runtime.Storage;

namespace Pipeline.Image.Sweeps;

/// <summary>
/// Removes files that no image names: their upload died between blob and commit. An image names its upload before the blob
/// is written, so one that is unnamed now can never be named again.
/// </summary>
internal sealed partial class RemoveStrayBlobs(
    Database db,
    ImageBlobs images,
    TimeProvider time,
    ILogger<RemoveStrayBlobs> logger
)
{
    private const int Batch = 500;

    /// <summary>Uploads that fail remove their own blob; this is for those that could not.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    [Function("image-remove-stray-blobs")]
    public async Task RunAsync([TimerTrigger("0 20 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var newest = time.GetUtcNow() - Grace;
        var old = new List<BlobItem>();
        await foreach (var blob in images.Blobs.ListAsync(ct: ct))
        {
            if (blob.Properties.LastModified <= newest)
                old.Add(blob);
            if (old.Count == Batch)
                await SweepAsync(old, ct);
        }
        await SweepAsync(old, ct);
    }

    private async Task SweepAsync(List<BlobItem> blobs, CancellationToken ct)
    {
        var known = blobs.Select(blob => (blob.Name, Owner: ImageBlobs.Parse(blob.Name))).ToList();
        var ids = known.Where(blob => blob.Owner is not null).Select(blob => $"{blob.Owner!.Value.Image}").ToHashSet();
        var named = await db.ReadAsync(tx => tx.ListNamedUploadsAsync(ids));
        var owned = named.Select(image => ImageBlobs.NameOf(image.Id, image.UploadId)).ToHashSet();
        foreach (var (name, owner) in known)
            if (owner is not null && !owned.Contains(name))
            {
                await images.Blobs.DeleteAsync(name, ct);
                Log.Removed(logger, name);
            }
        blobs.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Removed the stray image file {Blob}")]
        public static partial void Removed(ILogger logger, string blob);
    }
}
