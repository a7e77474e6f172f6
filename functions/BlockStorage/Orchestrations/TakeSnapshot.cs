using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

internal sealed record TakeSnapshot(SnapshotId Id, VolumeId VolumeId, HostId Host, string Backend)
    : IOrchestration<Done>
{
    public string? Resource => Snapshot.ResourceOf(Id);
}

internal sealed class TakeSnapshotOrchestrator : SagaOrchestrator<TakeSnapshot>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, TakeSnapshot order)
    {
        saga.OnFault(fault => new MarkSnapshotError(order.Id, fault));
        await saga.DoAsync(
            new KeepSnapshot(order.Host, order.Backend, order.VolumeId, order.Id),
            undo: new DropSnapshot(order.Host, order.VolumeId, order.Id)
        );
        await saga.DoAsync(new MarkSnapshotAvailable(order.Id), Undo.NotNeeded("last step"));
    }
}
