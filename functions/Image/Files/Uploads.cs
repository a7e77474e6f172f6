using Pipeline.Data;
using Pipeline.Image.Quotas;

namespace Pipeline.Image.Files;

/// <param name="Blob">The name of the file it makes.</param>
internal sealed record Upload(ImageId Image, string Id, string Format)
{
    public string Blob => ImageBlobs.NameOf(Image, Id);
}

/// <summary>
/// The states of an upload: an image in `saving` names it, its heartbeat says that its process lives, and only the upload
/// that the image names can make it active.
/// </summary>
internal sealed class Uploads(Database db, Randomness randomness)
{
    public const string Rule = "image:upload_image";

    /// <summary>How often a running upload says that it lives.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    /// <summary>An upload silent for so long died with its process: longer than any call to the blobs may take.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(15);

    /// <param name="length">The file's, in bytes, where the client says it; its quota is asked for again at its end.</param>
    /// <exception cref="Fault">
    /// Conflict when the image has a file, or another upload is under way; QuotaExceeded when its project may have no more.
    /// </exception>
    public Task<Upload> BeginAsync(ImageId id, long? length, Caller caller)
    {
        var upload = randomness.NewGuid().ToString("D");
        return db.WriteAsync(async tx =>
        {
            var image = await tx.FindOwnAsync(id, caller, Rule);
            if (image.DiskFormat is not { } format || image.ContainerFormat is null)
                throw Fault.BadRequest("Properties disk_format, container_format must be set prior to saving data.");
            if (!await tx.TryBeginUploadAsync(id, upload))
                throw Fault.Conflict($"Image status transition from {image.Status} to saving is not allowed");
            await tx.CheckImageQuotaAsync(image.ProjectId, ImageQuota.Uploading, 0); // itself is counted by now
            await tx.CheckImageQuotaAsync(image.ProjectId, ImageQuota.Size, ImageQuota.MibOf(length ?? 1));
            return new Upload(id, upload, format);
        });
    }

    /// <summary>The file of an image that a host was told to send. What it began to send before is given up.</summary>
    /// <returns>Null when the file has come already.</returns>
    /// <exception cref="Fault">NotFound when it is not to send one; QuotaExceeded.</exception>
    public Task<Upload?> BeginSendingAsync(ImageId id, long? length, HostId sender)
    {
        var upload = randomness.NewGuid().ToString("D");
        return db.WriteAsync<Upload?>(async tx =>
        {
            if (await tx.IsSentAsync(id, sender))
                return null;
            if (!await tx.TryBeginSendingAsync(id, sender, upload) || await tx.FindImageAsync(id) is not { } image)
                throw Fault.NotFound($"Host {sender} is not to send an image {id}.");
            await tx.CheckImageQuotaAsync(image.ProjectId, ImageQuota.Uploading, 0);
            await tx.CheckImageQuotaAsync(image.ProjectId, ImageQuota.Size, ImageQuota.MibOf(length ?? 1));
            return new Upload(id, upload, image.DiskFormat!);
        });
    }

    /// <exception cref="Fault">Gone when the image was deleted, or its upload given up, in the meantime.</exception>
    public async Task BeatAsync(Upload upload)
    {
        if (!await db.WriteAsync(tx => tx.BeatUploadAsync(upload.Image, upload.Id)))
            throw Lost(upload);
    }

    /// <exception cref="Fault">As <see cref="BeatAsync"/>; QuotaExceeded when the file is more than its project may have.</exception>
    public Task FinishAsync(Upload upload, FileFacts file, Caller caller, RequestId request) =>
        db.WriteAsync(async tx =>
        {
            if (await tx.FindImageAsync(upload.Image) is { } image)
                await tx.CheckImageQuotaAsync(image.ProjectId, ImageQuota.Size, ImageQuota.MibOf(file.Size));
            if (!await tx.TryFinishUploadAsync(upload.Image, upload.Id, file))
                throw Lost(upload);
            await tx.AuditAsync(caller.Audit(request, Rule, Image.ResourceOf(upload.Image)));
        });

    /// <summary>Back to queued, unless the image has gone on without this upload.</summary>
    public Task AbandonAsync(Upload upload, Caller caller, RequestId request) =>
        db.WriteAsync(async tx =>
        {
            if (await tx.TryAbandonUploadAsync(upload.Image, upload.Id))
                await tx.AuditAsync(
                    caller.Audit(request, Rule, Image.ResourceOf(upload.Image)) with
                    {
                        Result = "failure",
                    }
                );
        });

    private static Fault Lost(Upload upload) =>
        new(
            FaultCode.Gone,
            $"Image {upload.Image} could not be found after upload. The image may have been deleted during the upload."
        );
}
