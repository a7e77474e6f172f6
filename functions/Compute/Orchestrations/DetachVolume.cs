using Pipeline.Compute.Activities;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <param name="Host">Of the guest.</param>
/// <param name="Connection">The way that stands, as it is when the guest does not let go.</param>
internal sealed record DetachVolume(
    AttachmentId Id,
    ServerId ServerId,
    HostId Host,
    string Device,
    VolumeConnection Connection,
    string RequestId
) : IOrchestration<Done>
{
    public string? Resource => ServerVolume.ResourceOf(Id);
}

/// <summary>The guest is asked to let go of the disk. Once it has there is no way back: what is left is released.</summary>
internal sealed class DetachVolumeOrchestrator : SagaOrchestrator<DetachVolume>
{
    // Each try asks the guest for some seconds: one that is still booting lets go later.
    private static readonly RetryPolicy LetGo = new(
        8,
        TimeSpan.FromSeconds(2),
        1.5,
        TimeSpan.FromSeconds(30),
        AllFaults: true
    );

    /// <summary>So long a host that is away is waited for.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, DetachVolume order)
    {
        saga.OnFault(fault => new FailVolumeAction(order.ServerId, order.RequestId, fault));
        await saga.DoAsync(
            new UnplugVolume(order.Host, order.ServerId, order.Id),
            undo: new MarkAttached(order.Id, order.Device, order.Connection),
            LetGo
        );
        await saga.DoAsync(
            new BeginRelease(order.Id, order.RequestId),
            Undo.NotNeeded("what the guest has let go of is released in any case")
        );
    }
}
