using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Quotas;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>A volume grows. What it counts for grows with the answer; its size when its backend has done it.</summary>
internal sealed class ExtendAction(Database db, VolumeOperations operations) : IVolumeAction
{
    private const string Rule = "volume:extend";

    public string Key => "os-extend";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var size = NewVolume.SizeOf(argument.Object()["new_size"]);
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            if (volume.Status != VolumeStatus.Available || volume.Place is not { } place)
                throw VolumeOperations.Wrong(
                    $"Volume {volume.Id} status must be available to extend, but current status is: {volume.Status}."
                );
            if (size <= volume.SizeGib)
                throw Fault.BadRequest(
                    $"Invalid input received: New size for extend must be greater than current size. (current: {volume.SizeGib}, extended: {size})."
                );
            await VolumeQuota.CheckVolumeSizeAsync(tx, volume.ProjectId, size);
            var more = size - volume.SizeGib;
            await VolumeQuota.ClaimAsync(tx, volume.ProjectId, (VolumeQuota.Gigabytes, more));
            if (!await tx.TryPromiseAsync(place.Host, place.Backend, more, 0, await MostAsync(tx, place)))
                throw VolumeOperations.Wrong($"Its backend has no room for {more} GiB more.");
            var order = new ExtendVolume(volume.Id, place.Host, place.Backend, volume.SizeGib, size);
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

    private static async ValueTask<long> MostAsync(Tx tx, BackendPlace place) =>
        await tx.FindBackendAsync(place.Host, place.Backend) is { } backend ? BackendRow.MostOf(backend.Told) : 0;
}
