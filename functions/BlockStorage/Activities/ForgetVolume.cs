using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Transfers;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>What a volume has on a host, as a delete finds it.</summary>
internal sealed record FindVolumeHoldings(VolumeId VolumeId) : IActivity<VolumeHoldings>;

internal sealed record VolumeHoldings(HostId? Host, IReadOnlyList<SnapshotId> Snapshots)
{
    /// <summary>What it is called there; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }

    /// <summary>Where else it has blocks, of a move that was not brought to its end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HostId? OtherHost { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? OtherName { get; init; }
}

internal sealed class FindVolumeHoldingsHandler : ITransactionalActivity<FindVolumeHoldings, VolumeHoldings>
{
    public async ValueTask<VolumeHoldings> RunAsync(Tx tx, FindVolumeHoldings step)
    {
        var snapshots = await tx.ListSnapshotsOfAsync(step.VolumeId);
        var volume = await tx.FindVolumeAsync(step.VolumeId);
        return new(volume?.HostId, [.. snapshots.Select(s => s.Id)])
        {
            Name = volume?.NameId,
            OtherHost = volume?.OtherHostId,
            OtherName = volume?.OtherNameId,
        };
    }
}

/// <summary>The end of a volume and its snapshots: usage, room, records. Audit and histories stay.</summary>
internal sealed record ForgetVolume(VolumeId VolumeId) : IActivity<Done>;

internal sealed class ForgetVolumeHandler : ITransactionalActivity<ForgetVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetVolume step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { } volume)
            return Done.Instance;
        await tx.ForgetAsync(volume);
        await tx.RecordRemovalAsync(Removals.Volume, volume.LiesAs.ToString());
        return Done.Instance;
    }
}

internal static class VolumeEnd
{
    /// <summary>The volume is locked before.</summary>
    public static async ValueTask ForgetAsync(this Tx tx, Volume volume)
    {
        foreach (var snapshot in await tx.LockSnapshotsOfAsync(volume.Id))
            await tx.ForgetAsync(snapshot);
        await tx.ReleaseUsageAsync(volume.ProjectId, VolumeUsage.Of(volume)); // before the backend, as who claims does
        if (volume.Place is { } place)
            await tx.TakeBackAsync(place.Host, place.Backend, volume.ClaimedGib, 1);
        await tx.ForgetOtherAsync(volume);
        await tx.DeleteTransferOfAsync(volume.Id);
        await tx.EndRestoreAsync(volume.Id);
        await tx.DeleteVolumeRowAsync(volume.Id);
    }
}
