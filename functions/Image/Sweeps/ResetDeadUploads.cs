using Pipeline.Data;
using Pipeline.Image.Files;

namespace Pipeline.Image.Sweeps;

/// <summary>An upload whose process died leaves its image in `saving`: its heartbeat is silent, so the image is queued again.</summary>
internal sealed class ResetDeadUploads(Database db, TimeProvider time)
{
    [Function("image-reset-dead-uploads")]
    public async Task RunAsync([TimerTrigger("0 */5 * * * *", RunOnStartup = true)] TimerInfo timer)
    {
        var silentSince = time.GetUtcNow() - Uploads.Silence;
        var dead = await db.ReadAsync(tx => tx.ListDeadUploadsAsync(silentSince));
        foreach (var upload in dead)
            await db.WriteAsync(tx => ResetAsync(tx, upload, silentSince));
    }

    private static async ValueTask ResetAsync(Tx tx, DeadUpload upload, DateTimeOffset silentSince)
    {
        if (await tx.TryAbandonUploadAsync(upload.Id, upload.UploadId, silentSince))
            await tx.AuditAsync(
                new(null, upload.ProjectId, null, "", "image:sweep", Image.ResourceOf(upload.Id), "upload lost")
            );
    }
}
