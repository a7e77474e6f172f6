using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>A project's volumes, for its emptying: each goes with its snapshots, whatever its status shows.</summary>
internal sealed class ProjectVolumes(DurableTaskClient durable)
    : HeldRows("volume", PurgeStage.Volumes, "volumes", name: "COALESCE(name, '')")
{
    /// <summary>Another operation may wait for the volume, or somebody may have it still: it is asked again.</summary>
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause) =>
        VolumeId.TryParse(id, out var volume)
        && await tx.LockVolumeAsync(volume) is { Status: not VolumeStatus.Deleting } found
        && await VolumeDeletion.TryBeginAsync(tx, durable, found, cause.RequestId);
}
