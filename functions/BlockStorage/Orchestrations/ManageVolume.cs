using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>A volume is made of what lies on a backend under a name.</summary>
internal sealed record ManageVolume(VolumeId Id, HostId Host, string Backend, string Name) : IOrchestration<Done>
{
    public string? Resource => Volume.ResourceOf(Id);
}

/// <summary>What it is counted for is known when its host has looked; until it is managed nothing of it is changed.</summary>
internal sealed class ManageVolumeOrchestrator : SagaOrchestrator<ManageVolume>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, ManageVolume order)
    {
        var (id, host, backend, name) = (order.Id, order.Host, order.Backend, order.Name);
        saga.OnFault(fault => new MarkManageFailed(id, fault));
        var found = await saga.DoAsync(
            new LookAtUnmanaged(host, backend, name),
            Undo.NotNeeded("it is only looked at")
        );
        await saga.DoAsync(new ClaimManaged(id, found.Gib), undo: new ReleaseManaged(id));
        await saga.DoAsync(
            new AdoptVolume(host, backend, id, name, found.Gib),
            undo: new ReleaseVolume(host, backend, id, name)
        );
        await saga.DoAsync(new MarkVolumeAvailable(id, Bootable: false), Undo.NotNeeded("last step"));
    }
}
