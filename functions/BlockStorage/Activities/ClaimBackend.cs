using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Hosts;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>Finds a backend for a volume, and claims room on it.</summary>
internal sealed record ClaimBackend(VolumeId VolumeId, ProjectId Project, long Gib, PlaceWish Wish)
    : IActivity<VolumePlace>;

/// <param name="Specs">The extra specs of its type.</param>
/// <param name="On">Where its source is; null for none.</param>
internal sealed record PlaceWish(
    IReadOnlyDictionary<string, string> Specs,
    BackendPlace? On,
    IReadOnlyList<VolumeId> SameHost,
    IReadOnlyList<VolumeId> DifferentHost
)
{
    /// <summary>The folder of backups that its host has to reach; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackupFolderId? Folder { get; init; }

    /// <summary>Where it is to be; null for any that its type allows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Zones { get; init; }
}

internal sealed record VolumePlace(HostId Host, string HostName, string Backend);

internal sealed class ClaimBackendHandler(Database db, IHosts hosts, VolumeWeighers weighers)
    : IPreparedActivity<ClaimBackend, RankedBackends, VolumePlace>
{
    public async ValueTask<RankedBackends> PrepareAsync(ClaimBackend step)
    {
        var (backends, up, wish) = await db.ReadAsync(async tx =>
            (
                await tx.ListBackendsAsync(),
                await hosts.ListUpAsync(tx),
                new VolumeWish(
                    step.Gib,
                    step.Wish.Specs,
                    step.Wish.On,
                    await tx.ListPlacesAsync(step.Project, step.Wish.SameHost),
                    await tx.ListPlacesAsync(step.Project, step.Wish.DifferentHost)
                )
                {
                    Reaching = step.Wish.Folder is { } folder
                        ? (await tx.ListFolderHostsAsync(folder)).ToHashSet()
                        : null,
                    Zones = step.Wish.Zones,
                }
            )
        );
        return BackendScheduler.Rank(backends, up.ToHashSet(), wish, weighers);
    }

    public async ValueTask<VolumePlace> RunAsync(Tx tx, ClaimBackend step, RankedBackends prepared)
    {
        var volume =
            await tx.LockVolumeAsync(step.VolumeId)
            ?? throw Fault.NotFound($"Volume {step.VolumeId} could not be found.");
        foreach (var candidate in prepared.Ranked)
        {
            var place = candidate.Place;
            if (!await tx.TryPromiseAsync(place.Host, place.Backend, step.Gib, 1, candidate.Most))
                continue;
            await tx.SaveVolumeAsync(
                volume with
                {
                    HostId = place.Host,
                    HostName = candidate.HostName,
                    Backend = place.Backend,
                    ClaimedGib = step.Gib,
                }
            );
            return new(place.Host, candidate.HostName, place.Backend);
        }
        throw BackendScheduler.NoValidBackend(prepared);
    }
}

/// <summary>Gives back what a volume was promised; nothing promised is success.</summary>
internal sealed record ReleaseBackend(VolumeId VolumeId) : IActivity<Done>;

internal sealed class ReleaseBackendHandler : ITransactionalActivity<ReleaseBackend, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ReleaseBackend step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { Place: { } place } volume)
            return Done.Instance;
        await tx.TakeBackAsync(place.Host, place.Backend, volume.ClaimedGib, 1);
        await tx.SaveVolumeAsync(volume with { HostId = null, HostName = null, Backend = null, ClaimedGib = 0 });
        return Done.Instance;
    }
}
