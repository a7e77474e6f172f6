namespace Pipeline.Image.Files;

/// <summary>A host sends the file of an image that it was told to make of a volume. One that has come already is success.</summary>
internal sealed class HostUpload(Uploads uploads, UploadRun run, ImageLimits limits)
{
    [Function("image-host-upload"), Policy("hosts:images", Require.Host), Answers(204), BodyLimit(0), LongLived]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "hosts/v1/{host}/images/{image}")]
            HttpRequest request,
        HostId host,
        ImageId image,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        if (request.ContentLength > limits.MaxBytes)
            throw UploadStream.TooLarge(limits);
        if (await uploads.BeginSendingAsync(image, request.ContentLength, host) is { } upload)
            await run.RunAsync(upload, request, caller, requestId, ct);
        return Answer.NoContent();
    }
}
