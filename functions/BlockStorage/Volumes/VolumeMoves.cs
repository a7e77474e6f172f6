using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Types;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>What may move, and what may be of another type.</summary>
internal static class VolumeMoves
{
    /// <param name="leavesZone">As an operator may want; a change of type alone keeps a volume in its zone.</param>
    public static VolumeWish WishOf(Volume? volume, IReadOnlyDictionary<string, string> specs, bool leavesZone) =>
        new(volume?.ClaimedGib ?? 0, specs, On: null, [], [])
        {
            Zones = leavesZone || volume is null ? null : [volume.AvailabilityZone],
        };

    /// <summary>What the backend does not meet of the extra specs; null when it meets all, and the volume may stay.</summary>
    public static async ValueTask<string?> UnmetAsync(
        Tx tx,
        BackendPlace place,
        IReadOnlyDictionary<string, string> specs
    ) =>
        await tx.FindBackendAsync(place.Host, place.Backend) is { } row
            ? ExtraSpecs.Unmet(specs, row, row.Told)
            : "volume_backend_name";

    /// <summary>What keeps a volume where it is, as a sentence; null for nothing. Nobody else decides on it meanwhile.</summary>
    public static async ValueTask<string?> ObstacleAsync(Tx tx, Volume volume) =>
        (await tx.ListAttachmentsAsync(volume.Id)).Count > 0
            ? $"Volume {volume.Id} is attached: who has it would go on writing to where it was. Detach it first."
        : (await tx.ListSnapshotsOfAsync(volume.Id)).Count is > 0 and var snapshots
            ? $"Volume {volume.Id} has {snapshots} snapshots, which cannot move with it."
        : await tx.CountMadeFromAsync(volume.Id, null) > 0 ? $"A volume is being made from {volume.Id}."
        : null;

    /// <exception cref="Fault">BadRequest.</exception>
    public static async ValueTask CheckAsync(Tx tx, Volume volume)
    {
        if (await ObstacleAsync(tx, volume) is { } obstacle)
            throw VolumeOperations.Wrong(obstacle);
    }

    /// <summary>The volume with another type, its snapshots too: what is made of them is of that type from now on.</summary>
    public static async ValueTask<Volume> RetypeAsync(Tx tx, Volume volume, VolumeTypeId id)
    {
        await tx.SetSnapshotTypesAsync(volume.Id, id);
        return volume with
        {
            VolumeTypeId = id,
            RetypeTypeId = null,
            Multiattach = await tx.FindVolumeTypeAsync(id) is { } type ? type.IsMultiattach : volume.Multiattach,
        };
    }

    /// <summary>Claims what a volume and its snapshots count for of the type that they are to have.</summary>
    /// <exception cref="Fault">QuotaExceeded; the caller's transaction writes nothing then.</exception>
    public static async ValueTask ClaimTypeAsync(Tx tx, Volume volume, VolumeType type)
    {
        var snapshots = await tx.ListSnapshotsOfAsync(volume.Id);
        // Nothing more in all; but who claims anything of the project's waits, so that two do not count at once.
        await VolumeQuota.ClaimAsync(tx, volume.ProjectId, (VolumeQuota.Gigabytes, 0));
        List<(string, long)> wanted =
        [
            (VolumeQuota.Volumes, 1),
            (VolumeQuota.Gigabytes, volume.SizeGib + snapshots.Sum(s => s.SizeGib)),
        ];
        if (snapshots.Count > 0)
            wanted.Add((VolumeQuota.Snapshots, snapshots.Count));
        await TypeQuota.CheckAsync(tx, volume.ProjectId, type, [.. wanted]);
    }
}
