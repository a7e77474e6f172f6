using Microsoft.Extensions.Logging;

namespace Pipeline.Image.Files;

/// <summary>
/// Streams an image's file to its blob. The image becomes active in one write after the blob is whole; whatever goes wrong
/// before leaves it queued and without a blob. If this process dies, the sweeps do the same.
/// </summary>
internal sealed partial class UploadRun(
    Uploads uploads,
    ImageBlobs images,
    ImageLimits limits,
    TimeProvider time,
    ILogger<UploadRun> logger
)
{
    public async Task RunAsync(
        Upload upload,
        HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
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
    }

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
