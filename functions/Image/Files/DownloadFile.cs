using Pipeline.Data;

namespace Pipeline.Image.Files;

/// <summary>An image's file, whole or one range of it. An image without data is 204.</summary>
internal sealed class DownloadFile(Database db, ImageBlobs images)
{
    [Function("image-download-file"), Policy("image:download_image", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/images/{id}/file")] HttpRequest request,
        ImageId id,
        Caller caller,
        CancellationToken ct
    )
    {
        var image = await db.ReadAsync(tx => tx.FindSeenAsync(id, caller));
        if (image.Status != ImageStatus.Active)
            return Answer.NoContent();
        var size = image.Size!.Value;
        var range = ByteRange.Of(request, size, out var satisfiable);
        if (!satisfiable)
            return Unsatisfiable(size);
        var content = await OpenAsync(image, range, ct);
        var answer = Answer
            .Stream(range is null ? 200 : 206, content, range?.Length ?? size, "application/octet-stream")
            .With("Content-MD5", image.Checksum!)
            .With("Accept-Ranges", "bytes");
        return range is { } part ? answer.With("Content-Range", $"bytes {part.First}-{part.Last}/{size}") : answer;
    }

    private async Task<Stream> OpenAsync(Image image, ByteRange? range, CancellationToken ct)
    {
        var name = ImageBlobs.NameOf(image.Id, image.UploadId!);
        try
        {
            return await images.Blobs.OpenAsync(name, range?.First ?? 0, range?.Length, ct);
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound) // deleted since it was read
        {
            throw Image.Unknown(image.Id);
        }
    }

    private static Answer Unsatisfiable(long size) =>
        Answer
            .Written(
                416,
                w =>
                {
                    w.WriteStartObject();
                    w.WriteString("message", "The Range request could not be satisfied.");
                    w.WriteString("code", "416 Requested Range Not Satisfiable");
                    w.WriteString("title", "Requested Range Not Satisfiable");
                    w.WriteEndObject();
                }
            )
            .With("Content-Range", $"bytes */{size}");
}
