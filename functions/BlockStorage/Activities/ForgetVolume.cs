using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Transfers;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>What a volume has on a host, as a delete finds it.</summary>
internal sealed record FindVolumeHoldings(VolumeId VolumeId) : IActivity<VolumeHoldings>;

internal sealed record VolumeHoldings(HostId? Host, IReadOnlyList<SnapshotId> Snapshots);

internal sealed class FindVolumeHoldingsHandler : ITransactionalActivity<FindVolumeHoldings, VolumeHoldings>
{
    public async ValueTask<VolumeHoldings> RunAsync(Tx tx, FindVolumeHoldings step)
    {
        var snapshots = await tx.ListSnapshotsOfAsync(step.VolumeId);
        return new((await tx.FindVolumeAsync(step.VolumeId))?.HostId, [.. snapshots.Select(s => s.Id)]);
    }
}

/// <summary>The end of a volume and its snapshots: usage, room, records. Audit and histories stay.</summary>
internal sealed record ForgetVolume(VolumeId VolumeId) : IActivity<Done>;

internal sealed class ForgetVolumeHandler : ITransactionalActivity<ForgetVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetVolume step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { } volume)
            return Done.Instance;
        foreach (var snapshot in await tx.LockSnapshotsOfAsync(volume.Id))
            await tx.ForgetAsync(snapshot);
        await tx.ReleaseUsageAsync(volume.ProjectId, VolumeUsage.Of(volume)); // before the backend, as who claims does
        if (volume.Place is { } place)
            await tx.TakeBackAsync(place.Host, place.Backend, volume.ClaimedGib, 1);
        await tx.DeleteTransferOfAsync(volume.Id);
        await tx.EndRestoreAsync(volume.Id);
        await tx.DeleteVolumeRowAsync(volume.Id);
        await tx.RecordRemovalAsync(Removals.Volume, volume.Id.ToString());
        return Done.Instance;
    }
}
