using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Compute.Servers;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>The guest has the volume.</summary>
internal sealed record KeepServerVolume(AttachmentId Id, string Device, HostId StorageHost, VolumeConnection Connection)
    : IActivity<Done>
{
    /// <summary>What it is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }
}

internal sealed class KeepServerVolumeHandler : ITransactionalActivity<KeepServerVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, KeepServerVolume step)
    {
        if (await tx.FindServerVolumeAsync(step.Id) is { } volume)
            await tx.SaveServerVolumeAsync(
                volume with
                {
                    Device = step.Device,
                    StorageHostId = step.StorageHost,
                    NameId = step.Name,
                    Connection = JsonSerializer.Serialize(step.Connection, ComputeJson.Default.VolumeConnection),
                }
            );
        return Done.Instance;
    }
}

/// <summary>Where a server's volume lies, once the guest had it.</summary>
internal sealed record FindVolumePlace(AttachmentId Id) : IActivity<VolumePlace>;

internal sealed record VolumePlace(HostId? StorageHost)
{
    /// <summary>What it is called there; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }
}

internal sealed class FindVolumePlaceHandler : ITransactionalActivity<FindVolumePlace, VolumePlace>
{
    public async ValueTask<VolumePlace> RunAsync(Tx tx, FindVolumePlace step) =>
        await tx.FindServerVolumeAsync(step.Id) is { } volume
            ? new(volume.StorageHostId) { Name = volume.NameId }
            : new VolumePlace(StorageHost: null);
}

/// <summary>
/// The end of a server's volume, and of the volume itself where it goes with its server. One that was to take its place is let go of,
/// too. Absent is success.
/// </summary>
internal sealed record ForgetServerVolume(AttachmentId Id, string RequestId, bool WithServer) : IActivity<Done>;

internal sealed class ForgetServerVolumeHandler(IVolumes volumes, DurableTaskClient durable)
    : ITransactionalActivity<ForgetServerVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetServerVolume step)
    {
        if (await tx.FindServerVolumeAsync(step.Id) is not { } volume)
            return Done.Instance;
        await tx.DeleteServerVolumeAsync(step.Id);
        if (await tx.FindBesideAsync(volume.ServerId, step.Id) is { } beside)
            await Releases.FollowAsync(tx, durable, beside.AttachmentId, step.RequestId);
        if (step.WithServer && volume.DeleteOnTermination)
            await volumes.DeleteAsync(tx, volume.ProjectId, step.RequestId, [volume.VolumeId]);
        return Done.Instance;
    }
}

/// <summary>What was done to a server's volume failed: the server's record of it says why, the server is as it was.</summary>
internal sealed record FailVolumeAction(ServerId ServerId, string RequestId, FaultDetails Fault) : IActivity<Done>;

internal sealed class FailVolumeActionHandler : ITransactionalActivity<FailVolumeAction, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, FailVolumeAction step)
    {
        await tx.FailActionAsync(step.ServerId, step.RequestId, step.Fault.Message);
        return Done.Instance;
    }
}
