using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Manageable;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>An operator takes a volume back: its record goes, and what it holds stays on its backend.</summary>
internal sealed class UnmanageAction(Database db, VolumeOperations operations) : IVolumeAction
{
    private const string Rule = "volume_extension:volume_unmanage";

    public string Key => "os-unmanage";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        VolumeAction.RequireAdmin(caller, Rule);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            if (volume.Status == VolumeStatus.Unmanaging)
                return false;
            if (!VolumeStatus.IsDeletable(volume.Status) || VolumeStatus.IsBeingMade(volume.Status))
                throw VolumeOperations.Wrong(
                    $"Volume status must be available or error to be unmanaged, but it is {volume.Status}."
                );
            if (volume.Place is not { } place)
                throw VolumeOperations.Wrong($"Volume {volume.Id} is on no backend; delete it instead.");
            if (volume.Other is not null)
                throw VolumeOperations.Wrong($"Volume {volume.Id} is on its way to another backend, or has just come.");
            if ((await tx.ListAttachmentsAsync(volume.Id)).Count > 0)
                throw VolumeOperations.Wrong($"Volume {volume.Id} is still attached, detach volume first.");
            if ((await tx.LockSnapshotsOfAsync(volume.Id)).Count is > 0 and var count)
                throw VolumeOperations.Wrong($"Volume {volume.Id} still has {count} dependent snapshots.");
            if (await tx.CountMadeFromAsync(volume.Id, null) > 0)
                throw VolumeOperations.Wrong(
                    $"A volume is being made from {volume.Id}; it can be unmanaged afterwards."
                );
            var name = ManageableVolume.NameOf(volume.Id);
            var order = new UnmanageVolume(volume.Id, place.Host, place.Backend, name) { LiesAs = volume.NameId };
            var changed = volume with { Status = VolumeStatus.Unmanaging, PreviousStatus = volume.Status };
            return await operations.BeginAsync(tx, changed, order, caller, requestId, ("unmanage", Rule));
        });
        return Answer.Empty(202);
    }
}
