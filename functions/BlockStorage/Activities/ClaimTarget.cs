using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>Finds out whether a volume has to move, and claims room where it will be.</summary>
internal sealed record ClaimTarget(
    VolumeId VolumeId,
    VolumeId Name,
    IReadOnlyDictionary<string, string> Specs,
    bool Moves
) : IActivity<MoveTarget>
{
    /// <summary>The one place that will do; null for any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackendPlace? To { get; init; }
}

/// <param name="To">Null when it stays.</param>
/// <param name="Name">What it is called where it is.</param>
internal sealed record MoveTarget(BackendPlace From, VolumeId Name, long Gib, BackendPlace? To);

internal sealed class ClaimTargetHandler(Database db, IHosts hosts, VolumeWeighers weighers)
    : IPreparedActivity<ClaimTarget, RankedBackends, MoveTarget>
{
    public async ValueTask<RankedBackends> PrepareAsync(ClaimTarget step)
    {
        var (backends, up, volume) = await db.ReadAsync(async tx =>
            (await tx.ListBackendsAsync(), await hosts.ListUpAsync(tx), await tx.FindVolumeAsync(step.VolumeId))
        );
        var elsewhere = backends.Where(b => b.Place != volume?.Place && (step.To is null || b.Place == step.To));
        var wish = VolumeMoves.WishOf(volume, step.Specs, leavesZone: step.To is not null);
        return BackendScheduler.Rank([.. elsewhere], up.ToHashSet(), wish, weighers);
    }

    public async ValueTask<MoveTarget> RunAsync(Tx tx, ClaimTarget step, RankedBackends prepared)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { Place: { } place } volume)
            throw Fault.NotFound($"Volume {step.VolumeId} could not be found.");
        var unmet = step.To is null ? await VolumeMoves.UnmetAsync(tx, place, step.Specs) : null;
        if (step.To is null && unmet is null)
            return new(place, volume.LiesAs, volume.SizeGib, To: null);
        if (!step.Moves)
            throw new Fault(
                FaultCode.NoValidHost,
                $"Its backend does not meet the volume type's {unmet}, and by its migration policy the volume is not to move."
            );
        await VolumeMoves.CheckAsync(tx, volume);
        foreach (var candidate in prepared.Ranked)
        {
            var to = candidate.Place;
            if (!await tx.TryPromiseAsync(to.Host, to.Backend, volume.ClaimedGib, 1, candidate.Most))
                continue;
            await tx.SaveVolumeAsync(
                volume with
                {
                    MigrationStatus = MigrationStatuses.Migrating,
                    OtherHostId = to.Host,
                    OtherBackend = to.Backend,
                    OtherNameId = step.Name,
                }
            );
            return new(place, volume.LiesAs, volume.SizeGib, to);
        }
        throw BackendScheduler.NoValidBackend(prepared);
    }
}

/// <summary>What a volume was promised under this name is given back, and what still lies there may be swept. Nothing is success.</summary>
internal sealed record ForgetCopy(VolumeId VolumeId, VolumeId Name) : IActivity<Done>;

internal sealed class ForgetCopyHandler : ITransactionalActivity<ForgetCopy, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetCopy step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { } volume || volume.OtherNameId != step.Name)
            return Done.Instance;
        await tx.ForgetOtherAsync(volume);
        var status = volume.MigrationStatus;
        await tx.SaveVolumeAsync(
            volume with
            {
                MigrationStatus = status == MigrationStatuses.Completing ? MigrationStatuses.Success : status,
                OtherHostId = null,
                OtherBackend = null,
                OtherNameId = null,
            }
        );
        return Done.Instance;
    }
}
