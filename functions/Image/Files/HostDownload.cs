using Pipeline.Data;

namespace Pipeline.Image.Files;

/// <summary>A host fetches an active image for its cache; it compares size and SHA-512 with what its order said.</summary>
internal sealed class HostDownload(Database db, ImageBlobs images)
{
    [Function("image-host-download"), Policy("hosts:images", Require.Host)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/{host}/images/{image}")]
            HttpRequest request,
        HostId host,
        ImageId image,
        CancellationToken ct
    )
    {
        if (await db.ReadAsync(tx => tx.FindImageAsync(image)) is not { Status: ImageStatus.Active } found)
            throw Fault.NotFound($"There is no active image {image}.");
        var content = await images.Blobs.OpenAsync(ImageBlobs.NameOf(image, found.UploadId!), ct: ct);
        return Answer.Stream(200, content, found.Size, "application/octet-stream");
    }
}
