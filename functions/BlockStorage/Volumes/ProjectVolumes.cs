using Pipeline.BlockStorage.Snapshots;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>A project's volumes, for its emptying: each goes with its snapshots, whatever its status shows.</summary>
internal sealed class ProjectVolumes(DurableTaskClient durable)
    : HeldRows("volume", PurgeStage.Volumes, "volumes", name: "COALESCE(name, '')")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (
            !VolumeId.TryParse(id, out var volume)
            || await tx.LockVolumeAsync(volume) is not { Status: not VolumeStatus.Deleting } found
        )
            return false;
        if (await tx.CountMadeFromAsync(volume, null) > 0)
            return false;
        var instance = $"volume-{id}-delete-{cause.RequestId}";
        var options = new StartOptions(instance, found.ProjectId, cause.RequestId, Supersede: true);
        if (!await TryStartAsync(tx, new(volume), options))
            return false;
        foreach (var snapshot in await tx.LockSnapshotsOfAsync(volume))
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Deleting });
        await tx.SaveVolumeAsync(found with { Status = VolumeStatus.Deleting, PreviousStatus = found.Status });
        return true;
    }

    /// <summary>Another operation may wait for the volume already: it is asked again.</summary>
    private async ValueTask<bool> TryStartAsync(Tx tx, Orchestrations.DeleteVolume order, StartOptions options)
    {
        try
        {
            return await durable.StartAsync(tx, order, options);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return false;
        }
    }
}
