using System.Text.Json;
using Pipeline.Compute.Servers;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>The guest has the volume.</summary>
internal sealed record KeepServerVolume(AttachmentId Id, string Device, HostId StorageHost, VolumeConnection Connection)
    : IActivity<Done>;

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
                    Connection = JsonSerializer.Serialize(step.Connection, ComputeJson.Default.VolumeConnection),
                }
            );
        return Done.Instance;
    }
}

/// <summary>Where a server's volume lies, once the guest had it.</summary>
internal sealed record FindVolumePlace(AttachmentId Id) : IActivity<VolumePlace>;

internal sealed record VolumePlace(HostId? StorageHost);

internal sealed class FindVolumePlaceHandler : ITransactionalActivity<FindVolumePlace, VolumePlace>
{
    public async ValueTask<VolumePlace> RunAsync(Tx tx, FindVolumePlace step) =>
        new((await tx.FindServerVolumeAsync(step.Id))?.StorageHostId);
}

/// <summary>The end of a server's volume, and of the volume itself where it goes with its server. Absent is success.</summary>
internal sealed record ForgetServerVolume(AttachmentId Id, string RequestId, bool WithServer) : IActivity<Done>;

internal sealed class ForgetServerVolumeHandler(IVolumes volumes) : ITransactionalActivity<ForgetServerVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, ForgetServerVolume step)
    {
        if (await tx.FindServerVolumeAsync(step.Id) is not { } volume)
            return Done.Instance;
        await tx.DeleteServerVolumeAsync(step.Id);
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
