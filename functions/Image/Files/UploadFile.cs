using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Pipeline.Image.Files;

/// <summary>
/// Streams an image's file to its blob. The image becomes active in one write after the blob is whole; whatever goes wrong
/// before leaves it queued and without a blob. If this process dies, the sweeps do the same.
/// </summary>
internal sealed partial class UploadFile(
    Uploads uploads,
    ImageBlobs images,
    ImageLimits limits,
    TimeProvider time,
    ILogger<UploadFile> logger
)
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
        try
        {
            var file = await StoreAsync(request, upload, ct);
            await uploads.FinishAsync(upload, file, caller, requestId);
        }
        catch
        {
            await UndoAsync(upload, caller, requestId);
            throw;
        }
        return Answer.NoContent();
    }

    private static bool IsOctetStream(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);

    private async Task<FileFacts> StoreAsync(HttpRequest request, Upload upload, CancellationToken ct)
    {
        await using var body = new UploadStream(
            request.Body,
            upload.Format,
            request.ContentLength,
            limits,
            time,
            () => uploads.BeatAsync(upload)
        );
        await images.Blobs.PutAsync(upload.Blob, body, createOnly: true, ct);
        return body.Facts ?? throw new InvalidOperationException("a blob was stored whose end was not read");
    }

    /// <summary>The upload's own failure is the answer: one of the undo is logged and left to the sweeps.</summary>
    private async Task UndoAsync(Upload upload, Caller caller, RequestId requestId)
    {
        try
        {
            await uploads.AbandonAsync(upload, caller, requestId);
            await images.Blobs.DeleteAsync(upload.Blob);
        }
        catch (Exception exception)
        {
            Log.Left(logger, exception, upload.Blob);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The failed upload {Blob} could not be undone; a sweep will")]
        public static partial void Left(ILogger logger, Exception exception, string blob);
    }
}
