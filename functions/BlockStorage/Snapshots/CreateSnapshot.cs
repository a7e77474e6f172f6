using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>Accepts a snapshot of a volume: its record, its usage, its lock and the order to take it, or nothing.</summary>
internal sealed class CreateSnapshot(Database db, DurableTaskClient durable, Randomness randomness)
{
    private const string Rule = "volume:create_snapshot";

    [Function("volume-create-snapshot"), Policy(Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/snapshots")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        var order = body.Object("snapshot");
        order.Only("volume_id", "name", "display_name", "description", "display_description", "force", "metadata");
        var wanted = new Snapshot
        {
            Id = new(randomness.NewGuid()),
            ProjectId = caller.Project,
            UserId = caller.UserId,
            Name = NewVolume.NameOf(order.Nullable("name") ?? order.Nullable("display_name")),
            Description = NewVolume.NameOf(order.Nullable("description") ?? order.Nullable("display_description")),
            Metadata = Volume.TextOf(order.Nullable("metadata")?.Object().StringMap() ?? []),
        };
        var volume = order["volume_id"].String();
        var force = ForceOf(order, version);
        var key = IdempotencyKeys.Of(request, caller, body);
        var snapshot = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await SnapshotOperations.FindAsync(tx, stored.Body, caller);
            var accepted = await AcceptAsync(tx, wanted, volume, force, caller, requestId);
            await tx.RememberAsync(key, 202, accepted.Id.ToString());
            return accepted;
        });
        return SnapshotView.Answer(202, snapshot, extended: false, version);
    }

    /// <summary>Whether one may be taken of a volume in use: newer clients need not say so, and cannot say otherwise.</summary>
    private static bool ForceOf(Fields order, Microversion version)
    {
        var force = order.Optional("force");
        if (version < VolumeVersions.Unforced)
            return force?.Bool(text: true) ?? false;
        return force?.Bool(text: true) is not false
            ? true
            : throw Fault.BadRequest(
                $"Invalid value for 'force': it is accepted as true alone since microversion {VolumeVersions.Unforced}."
            );
    }

    private async ValueTask<Snapshot> AcceptAsync(
        Tx tx,
        Snapshot wanted,
        string volumeId,
        bool force,
        Caller caller,
        RequestId requestId
    )
    {
        var volume = await VolumeOperations.LockAsync(tx, volumeId, caller);
        if (
            volume.Place is not { } place
            || volume.IsMoving
            || !(volume.Status == VolumeStatus.Available || (force && volume.Status == VolumeStatus.InUse))
        )
            throw VolumeOperations.Wrong(
                $"Volume {volume.Id} status must be available, but current status is: {volume.Status}."
            );
        var snapshot = wanted with
        {
            VolumeId = volume.Id,
            ProjectId = volume.ProjectId,
            SizeGib = volume.SizeGib,
            VolumeTypeId = volume.VolumeTypeId,
        };
        await VolumeQuota.ClaimAsync(tx, volume.ProjectId, VolumeUsage.Of(snapshot));
        await TypeQuota.CheckAsync(tx, volume.ProjectId, volume.VolumeTypeId, VolumeUsage.Of(snapshot));
        await tx.AddSnapshotAsync(snapshot);
        var order = new Orchestrations.TakeSnapshot(snapshot.Id, volume.LiesAs, place.Host, place.Backend);
        var instance = $"snapshot-{snapshot.Id}-take-{requestId}";
        await durable.StartAsync(tx, order, new(instance, volume.ProjectId, requestId.Value));
        await tx.AuditAsync(caller.Audit(requestId, Rule, Snapshot.ResourceOf(snapshot.Id)));
        return snapshot with { CreatedAt = tx.Now };
    }
}
