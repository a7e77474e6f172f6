using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>Counts what a volume that is being managed has turned out to hold.</summary>
internal sealed record ClaimManaged(VolumeId VolumeId, long Gib) : IActivity<Done>;

internal sealed class ClaimManagedHandler : ITransactionalActivity<ClaimManaged, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ClaimManaged step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { Place: { } place } volume)
            throw Fault.NotFound($"Volume {step.VolumeId} could not be found.");
        var told = (await tx.FindBackendAsync(place.Host, place.Backend))?.Told;
        (string, long) wanted = (VolumeQuota.Gigabytes, step.Gib);
        await VolumeQuota.CheckVolumeSizeAsync(tx, volume.ProjectId, step.Gib);
        await VolumeQuota.ClaimAsync(tx, volume.ProjectId, wanted);
        await TypeQuota.CheckAsync(tx, volume.ProjectId, volume.VolumeTypeId, wanted);
        var most = told is null ? 0 : BackendRow.MostOf(told);
        if (!await tx.TryPromiseAsync(place.Host, place.Backend, step.Gib, 0, most))
            throw VolumeOperations.Wrong(
                $"Backend {place.Backend} has promised too much to count {step.Gib} GiB more."
            );
        await tx.SaveVolumeAsync(volume with { SizeGib = step.Gib, ClaimedGib = step.Gib });
        return Done.Instance;
    }
}

/// <summary>Takes back what was counted; nothing counted is success.</summary>
internal sealed record ReleaseManaged(VolumeId VolumeId) : IActivity<Done>;

internal sealed class ReleaseManagedHandler : ITransactionalActivity<ReleaseManaged, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ReleaseManaged step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { Place: { } place, ClaimedGib: > 0 and var gib } volume)
            return Done.Instance;
        await tx.ReleaseUsageAsync(volume.ProjectId, (VolumeQuota.Gigabytes, gib));
        await tx.TakeBackAsync(place.Host, place.Backend, gib, 0);
        await tx.SaveVolumeAsync(volume with { SizeGib = 0, ClaimedGib = 0 });
        return Done.Instance;
    }
}

/// <summary>It is not managed, and shows why. What lies there is as it was.</summary>
internal sealed record MarkManageFailed(VolumeId VolumeId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkManageFailedHandler : ITransactionalActivity<MarkManageFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkManageFailed step)
    {
        if (step.Fault.Code == FaultCode.Cancelled || await tx.LockVolumeAsync(step.VolumeId) is not { } volume)
            return Done.Instance;
        await tx.SaveVolumeAsync(
            volume with
            {
                Status = volume.Becoming(VolumeStatus.ErrorManaging),
                Fault = step.Fault.Message,
            }
        );
        await tx.TellAsync(MessageEvent.Manage, volume, step.Fault);
        return Done.Instance;
    }
}

/// <summary>
/// The end of a volume's record. It is no removal: what a sweep may yet find of it is its operator's, and is shown to them, not
/// reclaimed.
/// </summary>
internal sealed record ForgetUnmanaged(VolumeId VolumeId) : IActivity<Done>;

internal sealed class ForgetUnmanagedHandler : ITransactionalActivity<ForgetUnmanaged, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetUnmanaged step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
            await tx.ForgetAsync(volume);
        return Done.Instance;
    }
}
