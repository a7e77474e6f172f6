using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Servers;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Activities;

/// <summary>Both volumes are alike: the change follows when the copying has ended.</summary>
internal sealed record BeginTakePlace(TakePlace Order) : IActivity<Done>;

internal sealed class BeginTakePlaceHandler(DurableTaskClient durable) : ITransactionalActivity<BeginTakePlace, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, BeginTakePlace step)
    {
        var order = step.Order;
        if (await tx.FindServerVolumeAsync(order.Next.AttachmentId) is not { } next)
            throw Fault.NotFound($"Volume {order.Next.VolumeId} was let go of.");
        var instance = $"attachment-{order.Id}-take-place-{order.RequestId}";
        if (!await durable.StartAsync(tx, order, new(instance, next.ProjectId, order.RequestId, Queue: true)))
            throw new Fault(FaultCode.Superseded, $"Another operation waits for attachment {order.Id}.");
        return Done.Instance;
    }
}

/// <summary>A swap has failed: the server's record of it says why, and its new volume is no more than what the undo ends.</summary>
internal sealed record AbandonSwap(AttachmentId Next, ServerId ServerId, string RequestId, FaultDetails Fault)
    : IActivity<Done>;

internal sealed class AbandonSwapHandler(IVolumes volumes) : ITransactionalActivity<AbandonSwap, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, AbandonSwap step)
    {
        await tx.FailActionAsync(step.ServerId, step.RequestId, step.Fault.Message);
        await tx.DeleteServerVolumeAsync(step.Next);
        await volumes.UnreserveAsync(tx, step.Next); // the undo ends what was connected, and nothing else
        return Done.Instance;
    }
}

/// <summary>Whether the new volume still waits to take the other's place.</summary>
internal sealed record FindSuccessor(AttachmentId Next, AttachmentId Old) : IActivity<Successor>;

internal sealed record Successor(bool Waits);

internal sealed class FindSuccessorHandler : ITransactionalActivity<FindSuccessor, Successor>
{
    public async ValueTask<Successor> RunAsync(Tx tx, FindSuccessor step) =>
        new(await tx.FindServerVolumeAsync(step.Next) is { Beside: { } beside } && beside == step.Old);
}

/// <summary>
/// The server has the new volume by the old one's name, and with what was said of it; the old one is released, and stays when the
/// server goes.
/// </summary>
internal sealed record SwitchPlaces(AttachmentId Old, AttachmentId Next, string RequestId) : IActivity<Done>;

internal sealed class SwitchPlacesHandler(DurableTaskClient durable) : ITransactionalActivity<SwitchPlaces, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, SwitchPlaces step)
    {
        if (
            await tx.FindServerVolumeAsync(step.Old) is not { } old
            || await tx.FindServerVolumeAsync(step.Next) is not { } next
            || next.Beside != old.AttachmentId
        )
            return Done.Instance;
        await tx.SaveServerVolumeAsync(
            old with
            {
                Beside = next.AttachmentId,
                BootIndex = null,
                DeleteOnTermination = false,
            }
        );
        await tx.SaveServerVolumeAsync(
            next with
            {
                Beside = null,
                Device = old.Device,
                BootIndex = old.BootIndex,
                DeleteOnTermination = old.DeleteOnTermination,
            }
        );
        await Releases.FollowAsync(tx, durable, old.AttachmentId, step.RequestId);
        return Done.Instance;
    }
}

/// <summary>The guest ended before it went over: the server keeps its volume, and the new one is released.</summary>
internal sealed record LeavePlace(AttachmentId Next, ServerId ServerId, string RequestId) : IActivity<Done>;

internal sealed class LeavePlaceHandler(DurableTaskClient durable) : ITransactionalActivity<LeavePlace, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, LeavePlace step)
    {
        await tx.FailActionAsync(step.ServerId, step.RequestId, "The guest ended before it had the new volume.");
        await Releases.FollowAsync(tx, durable, step.Next, step.RequestId);
        return Done.Instance;
    }
}
