using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>A volume goes back to what its newest snapshot holds. What was written since is gone.</summary>
internal sealed class RevertAction(Database db, VolumeOperations operations) : IVolumeAction
{
    private const string Rule = "volume:revert_to_snapshot";

    /// <summary>The word for it in what backends tell.</summary>
    public const string Support = "snapshot_revert_support";

    public string Key => "revert";

    public Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId) =>
        RunAsync(id, argument, caller, requestId, VolumeVersions.Table.Minimum);

    public async Task<IResult> RunAsync(
        string id,
        Field argument,
        Caller caller,
        RequestId requestId,
        Microversion version
    )
    {
        if (version < VolumeVersions.Revert)
            throw Fault.BadRequest($"There is no such action: {Key}");
        var order = argument.Object();
        order.Only("snapshot_id");
        var named = order["snapshot_id"].String();
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var snapshot = NewestOf(volume, named, await tx.LockSnapshotsOfAsync(volume.Id));
            Check(volume, snapshot);
            var place = volume.Place!;
            var told = (await tx.FindBackendAsync(place.Host, place.Backend))?.Told;
            if (told?.Statistics.Capabilities.GetValueOrDefault(Support) != true)
                throw VolumeOperations.Wrong(
                    $"Volume {volume.Id} cannot go back: its backend {place.Backend} has no {Support}."
                );
            if (await tx.CountMadeFromAsync(volume.Id, null) > 0)
                throw VolumeOperations.Wrong($"A volume is being made from {volume.Id}; it can go back afterwards.");
            var revert = new RevertToSnapshot(volume.Id, place.Host, place.Backend, snapshot.Id)
            {
                Name = volume.NameId,
            };
            var changed = volume with { Status = VolumeStatus.Reverting, PreviousStatus = volume.Status };
            if (!await operations.BeginAsync(tx, changed, revert, caller, requestId, ("revert", Rule)))
                return false; // it was said before: nobody would end what the snapshot shows
            await tx.SaveSnapshotAsync(snapshot with { Status = SnapshotStatus.Restoring });
            return true;
        });
        return Answer.Empty(202);
    }

    /// <summary>What is no snapshot of the volume's is told as an older one is: whether there is such a thing is not said.</summary>
    private static Snapshot NewestOf(Volume volume, string named, IReadOnlyList<Snapshot> all)
    {
        var newest = all.MaxBy(s => (s.CreatedAt, s.Id.Value));
        if (newest is null)
            throw Fault.BadRequest($"Volume {volume.Id} has no snapshots.");
        return $"{newest.Id}" == named
            ? newest
            : throw Fault.BadRequest(
                $"Specified snapshot {named} is None or not the latest one of volume {volume.Id}."
            );
    }

    private static void Check(Volume volume, Snapshot snapshot)
    {
        if (volume.SizeGib != snapshot.SizeGib)
            throw Fault.BadRequest(
                $"Can't revert volume {volume.Id} to its latest snapshot {snapshot.Id}. The volume size must be equal to the snapshot size."
            );
        if (volume.Status != VolumeStatus.Available || volume.Place is null)
            throw Fault.Conflict(
                $"Invalid volume: Can't revert volume {volume.Id} to its latest snapshot {snapshot.Id}. Volume's status must be 'available', but it is '{volume.Status}'."
            );
        if (snapshot.Status != SnapshotStatus.Available)
            throw Fault.Conflict(
                $"Invalid snapshot: Can't revert volume {volume.Id} to its latest snapshot {snapshot.Id}. Snapshot's status must be 'available', but it is '{snapshot.Status}'."
            );
    }
}
