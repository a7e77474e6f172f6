using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.QosSpecs;
using Pipeline.BlockStorage.Types;
using Pipeline.BlockStorage.Zones;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>A volume gets another type: where it is, if its backend meets that, or else, if its owner wants so, where one does.</summary>
internal sealed class RetypeAction(Database db, VolumeOperations operations, Randomness randomness) : IVolumeAction
{
    private const string Rule = "volume:retype";
    private const string Never = "never";
    private const string OnDemand = "on-demand";

    public string Key => "os-retype";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var order = argument.Object();
        order.Only("new_type", "migration_policy");
        var named = order["new_type"].String(1);
        var moves = order.Nullable("migration_policy")?.Choice(Never, OnDemand) == OnDemand;
        var name = new VolumeId(randomness.NewGuid());
        await db.WriteAsync(async tx =>
        {
            var volume = await VolumeOperations.LockAsync(tx, id, caller);
            var type = await TypeAsync(tx, volume, named, caller);
            await CheckAsync(tx, volume, type);
            if (moves && await VolumeMoves.UnmetAsync(tx, volume.Place!, type.Specs) is not null)
                await VolumeMoves.CheckAsync(tx, volume);
            await VolumeMoves.ClaimTypeAsync(tx, volume, type);
            var changed = volume with
            {
                Status = VolumeStatus.Retyping,
                PreviousStatus = volume.Status,
                RetypeTypeId = type.Id,
            };
            var move = new MoveVolume(volume.Id, name, type.Specs, moves, requestId.Value);
            return await operations.BeginAsync(tx, changed, move, caller, requestId, ("retype", Rule));
        });
        return Answer.Empty(202);
    }

    /// <summary>The type, which stays until this transaction ends.</summary>
    private static async ValueTask<VolumeType> TypeAsync(Tx tx, Volume volume, string named, Caller caller)
    {
        var type = await tx.FindVolumeTypeAsync(named, caller);
        if (type is null || !await tx.HoldVolumeTypeAsync(type.Id))
            throw Fault.NotFound($"Volume type {named} could not be found.");
        var mayUse = type.IsPublic || (await tx.ListTypeProjectsAsync(type.Id)).Contains(volume.ProjectId);
        return mayUse || caller.Project == volume.ProjectId
            ? type
            : throw Fault.BadRequest(
                $"Invalid volume_type passed: project {volume.ProjectId} may not use {type.Name}."
            );
    }

    private static async ValueTask CheckAsync(Tx tx, Volume volume, VolumeType type)
    {
        if (VolumeZones.OfType(type.Specs) is { } zones && !zones.Contains(volume.AvailabilityZone))
            throw VolumeZones.NotOfType(zones);
        var free = volume.Status == VolumeStatus.Available;
        if (!free && type.IsMultiattach != volume.Multiattach)
            throw Fault.BadRequest(
                "Invalid volume_type passed, retypes affecting multiattach are only allowed on available volumes, the "
                    + $"specified volume however currently has a status of: {volume.Status}."
            );
        var fits =
            volume is { Place: not null, Other: null, IsMoving: false }
            && (free || volume.Status == VolumeStatus.InUse)
            && type.Id != volume.VolumeTypeId
            && (free || await KeepsLimitsAsync(tx, volume, type));
        if (!fits)
            throw VolumeOperations.Wrong(
                "Retype needs volume to be in available or in-use state, not be part of an active migration or a consistency "
                    + "group, requested type has to be different that the one from the volume, and for in-use volumes "
                    + "front-end qos specs cannot change."
            );
    }

    /// <summary>A guest that has a volume keeps to the limits that it was given with it.</summary>
    private static async ValueTask<bool> KeepsLimitsAsync(Tx tx, Volume volume, VolumeType type)
    {
        var was = await tx.FindLimitingAsync(volume);
        var willBe = await tx.FindLimitingAsync(volume with { VolumeTypeId = type.Id });
        return was?.Id == willBe?.Id
            || ((was?.Consumer ?? QosSpec.BackEnd), (willBe?.Consumer ?? QosSpec.BackEnd))
                == (QosSpec.BackEnd, QosSpec.BackEnd);
    }
}
