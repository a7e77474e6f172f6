using Microsoft.Net.Http.Headers;

namespace Pipeline.Image.Files;

/// <summary>Takes an image's file from its owner.</summary>
internal sealed class UploadFile(Uploads uploads, UploadRun run, ImageLimits limits)
{
    [Function("image-upload-file"), Policy(Uploads.Rule, Require.ProjectMember), Answers(204), BodyLimit(0), LongLived]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "image/v2/images/{id}/file")] HttpRequest request,
        ImageId id,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        if (!IsOctetStream(request))
            throw new Fault(FaultCode.UnsupportedMedia, "The image's data must be sent as application/octet-stream.");
        if (request.ContentLength > limits.MaxBytes)
            throw UploadStream.TooLarge(limits);
        var upload = await uploads.BeginAsync(id, request.ContentLength, caller);
        await run.RunAsync(upload, request, caller, requestId, ct);
        return Answer.NoContent();
    }

    private static bool IsOctetStream(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);
}
