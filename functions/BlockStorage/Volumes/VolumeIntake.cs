using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Types;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.Image;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>Accepts a volume, whoever orders it: its record, its usage, its lock and the start of its making, or nothing.</summary>
internal sealed class VolumeIntake(DurableTaskClient durable, IImages images, ZoneRules zones)
{
    public const string Rule = "volume:create";

    /// <exception cref="Fault">BadRequest; NotFound; QuotaExceeded.</exception>
    public async ValueTask<Volume> AcceptAsync(Tx tx, NewVolume order, VolumeId id, Caller caller, RequestId requestId)
    {
        var facts = await InZoneAsync(tx, order, await FactsAsync(tx, order, caller));
        if (!await tx.HoldVolumeTypeAsync(facts.Type.Id))
            throw Fault.NotFound($"Volume type {facts.Type.Name} could not be found.");
        var volume = VolumeAcceptance.Accept(order, id, facts, caller);
        await VolumeQuota.CheckVolumeSizeAsync(tx, caller.Project, volume.SizeGib);
        await VolumeQuota.ClaimAsync(tx, caller.Project, VolumeUsage.Of(volume));
        await TypeQuota.CheckAsync(tx, caller.Project, facts.Type, VolumeUsage.Of(volume));
        await tx.AddVolumeAsync(volume);
        if (facts.Backup is { } backup)
            await tx.SetRestoringAsync(backup.Id, id, host: null);
        var provision = VolumeAcceptance.Provision(volume, order, facts, requestId);
        var instance = $"volume-{id}-provision-{requestId}";
        await durable.StartAsync(tx, provision, new(instance, caller.Project, requestId.Value));
        await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(id)));
        return volume with { CreatedAt = tx.Now };
    }

    /// <summary>What it is made of is held until this transaction ends, so that it is not deleted meanwhile.</summary>
    private async ValueTask<VolumeParts> FactsAsync(Tx tx, NewVolume order, Caller caller)
    {
        Volume? source = null;
        Snapshot? snapshot = null;
        Volume? origin = null;
        ImageFacts? image = null;
        if (order.Source is { } volumeId)
            source = await VolumeOperations.LockAsync(tx, $"{volumeId}", caller);
        if (order.Snapshot is { } snapshotId)
        {
            snapshot = await SnapshotOperations.LockAsync(tx, $"{snapshotId}", caller);
            origin = await tx.FindVolumeAsync(snapshot.VolumeId);
        }
        if (order.Image is { } imageId)
            image =
                await images.FindAsync(tx, caller.Project, imageId)
                ?? throw Fault.NotFound($"Image {imageId} could not be found.");
        return new(await TypeAsync(tx, order, caller, source, snapshot), source, snapshot, origin, image)
        {
            Backup = order.Backup is { } backupId ? await BackupOperations.LockAsync(tx, $"{backupId}", caller) : null,
        };
    }

    private async ValueTask<VolumeParts> InZoneAsync(Tx tx, NewVolume order, VolumeParts facts)
    {
        var known = await tx.ListVolumeZonesAsync();
        var source = (facts.Source ?? facts.Origin)?.AvailabilityZone;
        var usual = facts.Backup?.Zone ?? VolumeZones.Own;
        var (named, specs) = (order.AvailabilityZone, facts.Type.Specs);
        return facts with { Zone = VolumeZones.Choose(known, named, source, specs, usual, zones.FallsBack) };
    }

    private static async ValueTask<VolumeType> TypeAsync(
        Tx tx,
        NewVolume order,
        Caller caller,
        Volume? source,
        Snapshot? snapshot
    )
    {
        if (order.Type is { } named)
            return await tx.FindVolumeTypeAsync(named, caller)
                ?? throw Fault.NotFound($"Volume type {named} could not be found.");
        var inherited = source?.VolumeTypeId ?? snapshot?.VolumeTypeId;
        return (inherited is { } id ? await tx.FindVolumeTypeAsync(id) : null)
            ?? await tx.DefaultTypeOfAsync(caller.Project, caller)
            ?? throw Fault.BadRequest("There is no default volume type: name one in volume_type.");
    }
}
