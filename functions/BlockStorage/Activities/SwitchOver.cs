using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Messages;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Activities;

/// <summary>All of the volume is where it is to be: the switch follows when this operation has ended.</summary>
internal sealed record BeginSwitch(VolumeId VolumeId, VolumeId Name, string RequestId) : IActivity<Done>;

internal sealed class BeginSwitchHandler(DurableTaskClient durable) : ITransactionalActivity<BeginSwitch, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, BeginSwitch step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is not { } volume)
            throw Fault.NotFound($"Volume {step.VolumeId} could not be found.");
        var order = new SwitchVolume(step.VolumeId, step.Name);
        var instance = $"volume-{step.VolumeId}-switch-{step.RequestId}";
        if (!await durable.StartAsync(tx, order, new(instance, volume.ProjectId, step.RequestId, Queue: true)))
            throw new Fault(FaultCode.Superseded, $"Another operation waits for volume {volume.Id}.");
        return Done.Instance;
    }
}

/// <summary>The copy of this name becomes the volume, unless somebody has taken hold of the volume meanwhile: then it is what is left over.</summary>
internal sealed record SwitchOver(VolumeId VolumeId, VolumeId Name) : IActivity<Leftover>;

/// <summary>What is to be removed now; nulls for nothing.</summary>
internal sealed record Leftover(HostId? Host, VolumeId? Name);

internal sealed class SwitchOverHandler : ITransactionalActivity<SwitchOver, Leftover>
{
    public async ValueTask<Leftover> RunAsync(Tx tx, SwitchOver step)
    {
        if (
            await tx.LockVolumeAsync(step.VolumeId) is not { Place: { } place, Other: { } other } volume
            || volume.OtherNameId != step.Name
        )
            return new(null, null);
        if (await VolumeMoves.ObstacleAsync(tx, volume) is { } obstacle)
        {
            await tx.EndMoveAsync(volume, new FaultDetails(FaultCode.Conflict, obstacle));
            return new(other.Host, step.Name);
        }
        var host = (await tx.FindBackendAsync(other.Host, other.Backend))?.HostName;
        var moved = volume with
        {
            HostId = other.Host,
            HostName = host,
            Backend = other.Backend,
            NameId = step.Name,
            OtherHostId = place.Host,
            OtherBackend = place.Backend,
            OtherNameId = volume.LiesAs,
            MigrationStatus = MigrationStatuses.Completing,
        };
        await tx.SaveVolumeAsync(await tx.RetypedAsync(moved));
        return new(place.Host, volume.LiesAs);
    }
}

/// <summary>The volume is of the type that it was to have, where it is.</summary>
internal sealed record MarkRetyped(VolumeId VolumeId) : IActivity<Done>;

internal sealed class MarkRetypedHandler : ITransactionalActivity<MarkRetyped, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkRetyped step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
            await tx.SaveVolumeAsync(await tx.RetypedAsync(volume));
        return Done.Instance;
    }
}

/// <summary>The volume stays what and where it was, whole, and its owner is told why.</summary>
internal sealed record MarkMoveFailed(VolumeId VolumeId, FaultDetails Fault) : IActivity<Done>;

internal sealed class MarkMoveFailedHandler : ITransactionalActivity<MarkMoveFailed, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, MarkMoveFailed step)
    {
        if (await tx.LockVolumeAsync(step.VolumeId) is { } volume)
            await tx.EndMoveAsync(volume, step.Fault);
        return Done.Instance;
    }
}

internal static class MoveEnd
{
    /// <summary>With the type that it was to have, if there is one, and so its snapshots; it shows who has it again.</summary>
    public static async ValueTask<Volume> RetypedAsync(this Tx tx, Volume volume)
    {
        var ended = volume with { Status = volume.Becoming(await tx.ShownAsync(volume)), PreviousStatus = null };
        return volume.RetypeTypeId is { } id ? await VolumeMoves.RetypeAsync(tx, ended, id) : ended;
    }

    public static async ValueTask EndMoveAsync(this Tx tx, Volume volume, FaultDetails fault)
    {
        await tx.SaveVolumeAsync(
            volume with
            {
                Status = volume.Becoming(await tx.ShownAsync(volume)),
                PreviousStatus = null,
                RetypeTypeId = null,
                MigrationStatus = volume.IsMoving ? MigrationStatuses.Error : volume.MigrationStatus,
            }
        );
        var deed = fault.Code == FaultCode.NoValidHost ? MessageEvent.Place : MessageEvent.Make;
        await tx.TellAsync(deed, volume, fault);
    }

    /// <summary>The other place's claim goes back, and what lies there under its name is not the volume's any more.</summary>
    public static async ValueTask ForgetOtherAsync(this Tx tx, Volume volume)
    {
        if (volume is not { Other: { } other, OtherNameId: { } name })
            return;
        await tx.TakeBackAsync(other.Host, other.Backend, volume.ClaimedGib, 1);
        await tx.RecordRemovalAsync(Removals.Volume, name.ToString());
    }
}
