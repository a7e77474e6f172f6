using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>Volumes for servers, in compute's own transactions.</summary>
internal sealed class VolumeClaims(VolumeIntake intake, DurableTaskClient durable, Randomness randomness) : IVolumes
{
    public async ValueTask<VolumeFacts?> FindAsync(Tx tx, ProjectId viewer, VolumeId id) =>
        await tx.FindVolumeAsync(id) is { } volume && volume.ProjectId == viewer
            ? new(
                volume.Id,
                volume.Name ?? "",
                volume.Shown,
                volume.SizeGib,
                volume.Bootable,
                volume.Multiattach,
                volume.AvailabilityZone,
                volume.ImageMeta
            )
            {
                IsReadOnly = volume.ReadOnly,
                LocalTo = await LocalToAsync(tx, volume),
            }
            : null;

    private static async ValueTask<HostId?> LocalToAsync(Tx tx, Volume volume) =>
        volume.Place is { } place
        && await tx.FindBackendAsync(place.Host, place.Backend) is { Told.Statistics.IsLocal: true }
            ? place.Host
            : null;

    public async ValueTask<SnapshotFacts?> FindSnapshotAsync(Tx tx, ProjectId viewer, SnapshotId id) =>
        await tx.FindSnapshotAsync(id) is { } snapshot && snapshot.ProjectId == viewer
            ? new(snapshot.Id, snapshot.VolumeId, snapshot.Status, snapshot.SizeGib)
            : null;

    public async ValueTask<VolumeId> CreateAsync(Tx tx, Caller caller, string requestId, VolumeOrder order)
    {
        var id = new VolumeId(randomness.NewGuid());
        await intake.AcceptAsync(tx, NewVolume.Of(order), id, caller, new(requestId));
        return id;
    }

    public async ValueTask ReserveAsync(Tx tx, AttachmentClaim claim)
    {
        if (await tx.LockVolumeAsync(claim.Volume) is not { } volume || volume.ProjectId != claim.Project)
            throw Fault.NotFound($"Volume {claim.Volume} could not be found.");
        if (await tx.FindAttachmentAsync(claim.Id) is { } known)
        {
            if ((known.VolumeId, known.ServerId) != (claim.Volume, claim.Server))
                throw Fault.Conflict($"Volume attachment {claim.Id} is another's.");
            return;
        }
        var attachment = new Attachment
        {
            Id = claim.Id,
            ServerId = claim.Server,
            Claimed = true,
            AttachMode = Attachment.ModeOf(claim.IsReadOnly || volume.ReadOnly),
        };
        await tx.ReserveAsync(volume, attachment, whileMade: true);
    }

    public async ValueTask UnreserveAsync(Tx tx, AttachmentId id)
    {
        if (await tx.LockAttachmentAsync(id) is not ({ Status: AttachStatus.Reserved } attachment, { } volume))
            return;
        await tx.DeleteAttachmentAsync(attachment);
        await tx.FollowAsync(volume);
    }

    public async ValueTask BeginDetachAsync(Tx tx, AttachmentId id)
    {
        if (await tx.LockAttachmentAsync(id) is not ({ } attachment, { } volume))
            throw Fault.NotFound($"Volume attachment {id} could not be found.");
        await tx.BeginDetachAsync(volume, attachment);
    }

    public async ValueTask DeleteAsync(Tx tx, ProjectId project, string requestId, IReadOnlyList<VolumeId> volumes)
    {
        foreach (var id in volumes)
            if (
                await tx.LockVolumeAsync(id) is { Status: not VolumeStatus.Deleting } volume
                && volume.ProjectId == project
                && (await tx.LockSnapshotsOfAsync(id)).Count == 0
            )
                await VolumeDeletion.TryBeginAsync(tx, durable, volume, requestId);
    }
}
