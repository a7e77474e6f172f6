using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>The volume is being filled with its image.</summary>
internal sealed record MarkVolumeDownloading(VolumeId VolumeId) : IActivity<Done>;

internal sealed class MarkVolumeDownloadingHandler : ITransactionalActivity<MarkVolumeDownloading, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeDownloading step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { Status: VolumeStatus.Creating } volume)
            await tx.SaveVolumeAsync(volume with { Status = VolumeStatus.Downloading });
        return Done.Instance;
    }
}

/// <summary>The volume stands.</summary>
/// <param name="Bootable">It was filled with an image.</param>
internal sealed record MarkVolumeAvailable(VolumeId VolumeId, bool Bootable) : IActivity<Done>;

internal sealed class MarkVolumeAvailableHandler : ITransactionalActivity<MarkVolumeAvailable, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeAvailable step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = volume.Becoming(await tx.ShownAsync(volume)),
                    Bootable = volume.Bootable || step.Bootable,
                    LaunchedAt = tx.Now,
                    Fault = null,
                }
            );
        await tx.EndRestoreAsync(step.VolumeId);
        return Done.Instance;
    }
}

/// <summary>The making of a volume failed: it shows that at once. One that is being deleted shows nothing.</summary>
internal sealed record MarkVolumeError(VolumeId VolumeId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkVolumeErrorHandler : ITransactionalActivity<MarkVolumeError, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeError step)
    {
        if (step.Fault.Code != FaultCode.Cancelled && await tx.LockVolumeAsync(step.VolumeId) is { } volume)
        {
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = volume.Becoming(VolumeStatus.Error),
                    Fault = step.Fault.Message,
                }
            );
            await tx.TellAsync(DeedOf(volume), volume, step.Fault);
        }
        await tx.EndRestoreAsync(step.VolumeId);
        return Done.Instance;
    }

    private static MessageEvent DeedOf(Volume volume) =>
        volume.Status switch
        {
            VolumeStatus.Downloading => MessageEvent.Fill,
            VolumeStatus.Restoring => MessageEvent.Restore,
            _ => volume.Place is null ? MessageEvent.Place : MessageEvent.Make,
        };
}

/// <summary>The volume has grown.</summary>
internal sealed record MarkVolumeExtended(VolumeId VolumeId, long Gib) : IActivity<Done>;

internal sealed class MarkVolumeExtendedHandler : ITransactionalActivity<MarkVolumeExtended, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkVolumeExtended step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
            await tx.SaveVolumeAsync(
                volume with
                {
                    Status = volume.Becoming(await tx.ShownAsync(volume)),
                    PreviousStatus = null,
                    SizeGib = step.Gib,
                }
            );
        return Done.Instance;
    }
}

/// <summary>The volume has not grown: what was claimed for it goes back, and it shows what failed.</summary>
internal sealed record MarkExtendFailed(VolumeId VolumeId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkExtendFailedHandler : ITransactionalActivity<MarkExtendFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkExtendFailed step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { Place: { } place } volume)
            return Done.Instance;
        var more = volume.ClaimedGib - volume.SizeGib;
        if (more == 0)
            return Done.Instance; // it has grown: a guest could not be told
        await tx.ReleaseUsageAsync(volume.ProjectId, (VolumeQuota.Gigabytes, more));
        await tx.TakeBackAsync(place.Host, place.Backend, more, 0);
        var changed = volume with { ClaimedGib = volume.SizeGib, PreviousStatus = null };
        await tx.SaveVolumeAsync(
            step.Fault.Code == FaultCode.Cancelled
                ? changed
                : changed with
                {
                    Status = VolumeStatus.ErrorExtending,
                    Fault = step.Fault.Message,
                }
        );
        await tx.TellAsync(MessageEvent.Grow, volume, step.Fault);
        return Done.Instance;
    }
}
