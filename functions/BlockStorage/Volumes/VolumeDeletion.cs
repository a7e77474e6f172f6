using Pipeline.BlockStorage.Snapshots;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>The intent to delete a volume: what stands in its way, and that it is said.</summary>
internal static class VolumeDeletion
{
    /// <param name="cascade">Its snapshots go, too.</param>
    /// <param name="force">Whatever its status shows.</param>
    /// <returns>False when the same intent stands already.</returns>
    public static async ValueTask<bool> BeginAsync(
        Tx tx,
        VolumeOperations operations,
        string id,
        (Caller Caller, RequestId Id, string Rule) asked,
        bool cascade,
        bool force
    )
    {
        var volume = await VolumeOperations.LockAsync(tx, id, asked.Caller);
        if (volume.Status == VolumeStatus.Deleting && !force)
            return false;
        var snapshots = await tx.LockSnapshotsOfAsync(volume.Id);
        await CheckAsync(tx, volume, snapshots, cascade, force);
        foreach (var snapshot in snapshots)
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Deleting });
        var changed = volume with { Status = VolumeStatus.Deleting, PreviousStatus = volume.Status };
        var order = new Orchestrations.DeleteVolume(volume.Id);
        var name = ("delete", asked.Rule);
        return await operations.BeginAsync(tx, changed, order, asked.Caller, asked.Id, name, supersede: true);
    }

    private static async ValueTask CheckAsync(
        Tx tx,
        Volume volume,
        IReadOnlyList<Snapshot> snapshots,
        bool cascade,
        bool force
    )
    {
        if (!force && !VolumeStatus.IsDeletable(volume.Status))
            throw VolumeOperations.Wrong(
                "Volume status must be available or error or error_restoring or error_extending or error_managing and must not "
                    + "be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from "
                    + $"snapshots after volume transfer. It is {volume.Status}."
            );
        if (snapshots.Count > 0 && !cascade)
            throw VolumeOperations.Wrong($"Volume {volume.Id} still has {snapshots.Count} dependent snapshots.");
        if (
            snapshots.FirstOrDefault(s => s.Status is not (SnapshotStatus.Available or SnapshotStatus.Error)) is
            { } busy
        )
            throw VolumeOperations.Wrong($"Snapshot {busy.Id} of the volume is {busy.Status}.");
        if (await tx.CountMadeFromAsync(volume.Id, null) > 0)
            throw VolumeOperations.Wrong($"A volume is being made from {volume.Id}; it can be deleted afterwards.");
        foreach (var snapshot in snapshots)
            if (await tx.CountMadeFromAsync(null, snapshot.Id) > 0)
                throw VolumeOperations.Wrong($"A volume is being made from snapshot {snapshot.Id} of it.");
    }
}
