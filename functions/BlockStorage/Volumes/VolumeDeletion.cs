using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.Data;
using Pipeline.Durable;

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

    /// <summary>The same of nobody's own order: of one that ends with its server or project, whatever its status shows.</summary>
    /// <returns>False when something stands in the way, or is done to it: it is left.</returns>
    public static async ValueTask<bool> TryBeginAsync(Tx tx, DurableTaskClient durable, Volume volume, string requestId)
    {
        if (await tx.CountMadeFromAsync(volume.Id, null) > 0 || (await tx.ListAttachmentsAsync(volume.Id)).Count > 0)
            return false;
        var instance = $"volume-{volume.Id}-delete-{requestId}";
        var options = new StartOptions(instance, volume.ProjectId, requestId, Supersede: true);
        if (!await TryStartAsync(tx, durable, new Orchestrations.DeleteVolume(volume.Id), options))
            return false;
        foreach (var snapshot in await tx.LockSnapshotsOfAsync(volume.Id))
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Deleting });
        await tx.SaveVolumeAsync(volume with { Status = VolumeStatus.Deleting, PreviousStatus = volume.Status });
        return true;
    }

    /// <returns>False when the same stands already, or another operation waits.</returns>
    public static async ValueTask<bool> TryStartAsync(
        Tx tx,
        DurableTaskClient durable,
        IOrchestration<Done> order,
        StartOptions options
    )
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
        if ((await tx.ListAttachmentsAsync(volume.Id)).Count > 0)
            throw VolumeOperations.Wrong($"Volume {volume.Id} is still attached, detach volume first.");
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
