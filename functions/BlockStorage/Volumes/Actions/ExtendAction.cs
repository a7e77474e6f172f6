using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Quotas;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>A volume grows. What it counts for grows with the answer; its size when its backend has done it.</summary>
internal sealed class ExtendAction(Database db, VolumeOperations operations) : IVolumeAction
{
    private const string Rule = "volume:extend";
    private const string Online = "online_extend_support";

    public string Key => "os-extend";

    /// <summary>Since when one that is in use may grow.</summary>
    private static readonly Microversion InUse = new(3, 42);

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
        var size = NewVolume.SizeOf(argument.Object()["new_size"]);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var online = volume.Status == VolumeStatus.InUse && version >= InUse;
            if (!(volume.Status == VolumeStatus.Available || online) || volume.Place is not { } place)
                throw VolumeOperations.Wrong(
                    $"Volume {volume.Id} status must be available to extend, but current status is: {volume.Status}."
                );
            var backend = (await tx.FindBackendAsync(place.Host, place.Backend))?.Told;
            if (online && backend?.Statistics.Capabilities.GetValueOrDefault(Online) != true)
                throw VolumeOperations.Wrong(
                    $"Volume {volume.Id} is in use, and its backend {place.Backend} grows none that is: it has no {Online}."
                );
            if (size <= volume.SizeGib)
                throw Fault.BadRequest(
                    $"Invalid input received: New size for extend must be greater than current size. (current: {volume.SizeGib}, extended: {size})."
                );
            await VolumeQuota.CheckVolumeSizeAsync(tx, volume.ProjectId, size);
            var more = size - volume.SizeGib;
            await VolumeQuota.ClaimAsync(tx, volume.ProjectId, (VolumeQuota.Gigabytes, more));
            await TypeQuota.CheckAsync(tx, volume.ProjectId, volume.VolumeTypeId, (VolumeQuota.Gigabytes, more));
            if (
                !await tx.TryPromiseAsync(
                    place.Host,
                    place.Backend,
                    more,
                    0,
                    backend is null ? 0 : BackendRow.MostOf(backend)
                )
            )
                throw VolumeOperations.Wrong($"Its backend has no room for {more} GiB more.");
            var order = new ExtendVolume(volume.Id, place.Host, place.Backend, volume.SizeGib, size)
            {
                Guests = await GuestsAsync(tx, volume),
                Name = volume.NameId,
            };
            var changed = volume with
            {
                Status = VolumeStatus.Extending,
                PreviousStatus = volume.Status,
                ClaimedGib = size,
            };
            return await operations.BeginAsync(tx, changed, order, caller, requestId, ("extend", Rule));
        });
        return Answer.Empty(202);
    }

    /// <summary>Guests of this cloud are told that their disk has grown; other clients look for themselves.</summary>
    private static async ValueTask<IReadOnlyList<GuestDisk>?> GuestsAsync(Tx tx, Volume volume)
    {
        var guests = new List<GuestDisk>();
        foreach (var attachment in await tx.ListAttachmentsAsync(volume.Id))
            if (attachment is { Claimed: true, GuestHostId: { } host, ServerId: { } server })
                guests.Add(new(host, server, attachment.Id));
        return guests.Count > 0 ? guests : null;
    }
}
