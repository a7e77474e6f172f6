using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>Room and quota were claimed when it was accepted; they stand in the volume's row.</summary>
internal sealed record ExtendVolume(VolumeId Id, HostId Host, string Backend, long From, long To) : IOrchestration<Done>
{
    public string? Resource => Volume.ResourceOf(Id);
}

internal sealed class ExtendVolumeOrchestrator : SagaOrchestrator<ExtendVolume>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, ExtendVolume order)
    {
        saga.OnFault(fault => new MarkExtendFailed(order.Id, fault));
        await saga.DoAsync(
            new GrowVolume(order.Host, order.Backend, order.Id, order.To),
            Undo.NotNeeded("a volume does not shrink; what is larger than its record stays so")
        );
        await saga.DoAsync(new MarkVolumeExtended(order.Id, order.To), Undo.NotNeeded("last step"));
    }
}
