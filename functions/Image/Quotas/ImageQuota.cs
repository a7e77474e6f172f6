using Pipeline.Data;

namespace Pipeline.Image.Quotas;

/// <summary>
/// What a project may have of images, with Glance's names and without a limit until an operator sets one. It is counted from the rows, so
/// that there is nothing that could drift, and only where there is a limit.
/// </summary>
internal static class ImageQuota
{
    public static readonly QuotaKind Count = Of("image_count_total", "Images.");
    public static readonly QuotaKind Size = Of("image_size_total", "Files of all images, in MiB, each rounded up.");
    public static readonly QuotaKind Uploading = Of("image_count_uploading", "Images whose file is being uploaded.");

    public static IReadOnlyList<QuotaKind> All { get; } = [Size, Count, Uploading];

    /// <summary>Others of the project who ask the same wait until this transaction ends.</summary>
    /// <exception cref="Fault">QuotaExceeded.</exception>
    public static async ValueTask CheckImageQuotaAsync(this Tx tx, ProjectId project, QuotaKind kind, long more)
    {
        var limit = await tx.LimitAsync(project, kind.Resource, kind.Default);
        if (limit < 0)
            return;
        await tx.LockAsync($"image-quota/{project}");
        var used = (await tx.ImageUsageAsync(project)).Of(kind);
        if (used + more > limit)
            throw new Fault(
                FaultCode.QuotaExceeded,
                $"Resource {kind.Name} is over limit of {limit} due to current usage {used} and delta {more}."
            );
    }

    public static async ValueTask<ImageUsage> ImageUsageAsync(this Tx tx, ProjectId project) =>
        (
            await tx.FindAsync<ImageUsage>(
                """
                SELECT COUNT(*) AS images,
                    CAST(COALESCE(SUM(CASE WHEN status = 'saving' THEN 1 ELSE 0 END), 0) AS BIGINT) AS uploading,
                    CAST(COALESCE(SUM((COALESCE(size, 0) + 1048575) / 1048576), 0) AS BIGINT) AS mib
                FROM images WHERE project_id = @project AND status <> 'deleted'
                """,
                new { project }
            )
        )!;

    public static long MibOf(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private static QuotaKind Of(string name, string description) => new("image", name, name, -1, description);
}

/// <summary>What a project's images are and take.</summary>
internal sealed record ImageUsage
{
    public long Images { get; init; }
    public long Uploading { get; init; }
    public long Mib { get; init; }

    public long Of(QuotaKind kind) =>
        kind == ImageQuota.Count ? Images
        : kind == ImageQuota.Size ? Mib
        : Uploading;
}
