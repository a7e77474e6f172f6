using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Servers;
using Pipeline.Compute.Volumes;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>The release of a volume follows what runs on its attachment, when that has ended.</summary>
internal sealed record BeginRelease(AttachmentId Id, string RequestId) : IActivity<Done>;

internal sealed class BeginReleaseHandler(DurableTaskClient durable) : ITransactionalActivity<BeginRelease, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, BeginRelease step)
    {
        await Releases.FollowAsync(tx, durable, step.Id, step.RequestId);
        return Done.Instance;
    }
}

/// <summary>An attach has failed: the server's record of it says why, and the hold on the volume ends when all is undone.</summary>
internal sealed record AbandonVolume(AttachmentId Id, ServerId ServerId, string RequestId, FaultDetails Fault)
    : IActivity<Done>;

internal sealed class AbandonVolumeHandler(DurableTaskClient durable) : ITransactionalActivity<AbandonVolume, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AbandonVolume step)
    {
        await tx.FailActionAsync(step.ServerId, step.RequestId, step.Fault.Message);
        await Releases.FollowAsync(tx, durable, step.Id, step.RequestId);
        return Done.Instance;
    }
}

/// <summary>
/// The volumes of a server that goes are released; what runs on their attachments is cancelled and undone first. One that was to take
/// another's place follows that one; one whose place was taken is being released.
/// </summary>
internal sealed record BeginReleases(ServerId ServerId) : IActivity<Done>;

internal sealed class BeginReleasesHandler(DurableTaskClient durable) : ITransactionalActivity<BeginReleases, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, BeginReleases step)
    {
        foreach (var volume in await tx.ListServerVolumesAsync(step.ServerId))
        {
            var request = $"server-{step.ServerId}";
            var order = new ReleaseVolume(volume.AttachmentId, volume.VolumeId, request, WithServer: true);
            var instance = $"attachment-{volume.AttachmentId}-end-{request}";
            await durable.StartAsync(tx, order, new(instance, volume.ProjectId, Supersede: true));
        }
        return Done.Instance;
    }
}

/// <summary>Waits until a server has no volumes any more: a step that is repeated while it has.</summary>
internal sealed record AwaitReleases(ServerId ServerId) : IActivity<Done>;

internal sealed class AwaitReleasesHandler : ITransactionalActivity<AwaitReleases, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AwaitReleases step) =>
        (await tx.ListHeldVolumesAsync(step.ServerId)).Count is > 0 and var left
            ? throw new Fault(
                FaultCode.Unavailable,
                $"{left} volumes of server {step.ServerId} are still being released"
            )
            : Done.Instance;
}

internal static class Releases
{
    /// <summary>One that is in line already is enough.</summary>
    public static async ValueTask FollowAsync(Tx tx, DurableTaskClient durable, AttachmentId id, string requestId)
    {
        if (await tx.FindServerVolumeAsync(id) is not { } volume)
            return;
        var order = new ReleaseVolume(id, volume.VolumeId, requestId, WithServer: false);
        var instance = $"attachment-{id}-release-{requestId}";
        await durable.StartAsync(tx, order, new(instance, volume.ProjectId, requestId, Queue: true));
    }
}
