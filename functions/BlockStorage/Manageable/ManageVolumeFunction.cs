using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Quotas;
using Pipeline.BlockStorage.Types;
using Pipeline.BlockStorage.Volumes;
using Pipeline.BlockStorage.Zones;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Manageable;

/// <summary>An operator has a volume made of what lies on a backend. It is of no size until its host has looked at it.</summary>
internal sealed class ManageVolumeFunction(
    Database db,
    DurableTaskClient durable,
    Randomness randomness,
    PublicUrl publicUrl
)
{
    private const string Rule = "volume_extension:volume_manage";

    [Function("volume-manage-volume"), Policy(Rule, Require.Admin), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ManageableRoutes.Old)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = ManageableRoutes.New)]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        ManageableRoutes.Check(request, version);
        var body = await request.ReadFieldsAsync(ct);
        var order = ManagedOrder.Read(body);
        var id = new VolumeId(randomness.NewGuid());
        var key = IdempotencyKeys.Of(request, caller, body);
        var volume = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await VolumeOperations.FindAsync(tx, stored.Body, caller);
            var accepted = await AcceptAsync(tx, order, id, caller, requestId);
            await tx.RememberAsync(key, 202, accepted.Id.ToString());
            return accepted;
        });
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            202,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volume");
                VolumeView.Write(w, volume, [], baseUrl, isAdmin: true, version);
                w.WriteEndObject();
            }
        );
    }

    private async ValueTask<Volume> AcceptAsync(
        Tx tx,
        ManagedOrder order,
        VolumeId id,
        Caller caller,
        RequestId requestId
    )
    {
        var backend = await ManageableRoutes.BackendAsync(tx, order.Host);
        if (order.Zone is { } zone && zone != backend.Zone)
            throw VolumeZones.Unknown(zone);
        var type = await TypeAsync(tx, order, caller);
        var told = backend.Told;
        if (ExtraSpecs.Unmet(type.Specs, backend, told) is { } unmet)
            throw Fault.BadRequest(
                $"Volume type {type.Name} asks for {unmet}, which backend {backend.Service} does not meet."
            );
        var volume = new Volume
        {
            Id = id,
            ProjectId = caller.Project,
            UserId = caller.UserId,
            Name = order.Name,
            Description = order.Description,
            Status = VolumeStatus.Managing,
            VolumeTypeId = type.Id,
            TypeName = type.Name,
            AvailabilityZone = backend.Zone,
            Multiattach = type.IsMultiattach,
            Bootable = order.Bootable,
            Metadata = Volume.TextOf(order.Metadata),
            HostId = backend.HostId,
            HostName = backend.HostName,
            Backend = backend.Name,
        };
        await VolumeQuota.ClaimAsync(tx, volume.ProjectId, VolumeUsage.Of(volume));
        await TypeQuota.CheckAsync(tx, volume.ProjectId, type, VolumeUsage.Of(volume));
        if (!await tx.TryPromiseAsync(backend.HostId, backend.Name, 0, 1, BackendRow.MostOf(told)))
            throw Fault.BadRequest(
                $"Service {order.Host} takes no volumes: it is disabled, or has promised all it has."
            );
        await tx.AddVolumeAsync(volume);
        var manage = new ManageVolume(id, backend.HostId, backend.Name, order.Source);
        var instance = $"volume-{id}-manage-{requestId}";
        await durable.StartAsync(tx, manage, new(instance, volume.ProjectId, requestId.Value));
        await tx.AuditAsync(caller.Audit(requestId, Rule, Volume.ResourceOf(id)));
        return volume with { CreatedAt = tx.Now };
    }

    private static async ValueTask<VolumeType> TypeAsync(Tx tx, ManagedOrder order, Caller caller)
    {
        var type = order.Type is { } named
            ? await tx.FindVolumeTypeAsync(named, caller)
            : await tx.DefaultTypeOfAsync(caller.Project, caller);
        return type is not null && await tx.HoldVolumeTypeAsync(type.Id)
            ? type
            : throw Fault.NotFound($"Volume type {order.Type ?? VolumeType.Default} could not be found.");
    }
}
