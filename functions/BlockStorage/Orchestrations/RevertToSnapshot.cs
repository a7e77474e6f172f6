using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>What a volume's newest snapshot holds takes the place of what the volume does.</summary>
internal sealed record RevertToSnapshot(VolumeId Id, HostId Host, string Backend, SnapshotId Snapshot)
    : IOrchestration<Done>
{
    /// <summary>What the volume is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

internal sealed class RevertToSnapshotOrchestrator : SagaOrchestrator<RevertToSnapshot>
{
    /// <summary>Where files share no blocks it is a copy.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(4);

    protected override async Task RunAsync(Saga saga, RevertToSnapshot order)
    {
        saga.OnFault(fault => new MarkRevertFailed(order.Id, order.Snapshot, fault));
        await saga.DoAsync(
            new RevertVolume(order.Host, order.Backend, order.Name ?? order.Id, order.Snapshot),
            Undo.NotNeeded("what the volume held is to go; it shows that nobody knows which it holds")
        );
        await saga.DoAsync(new MarkVolumeReverted(order.Id, order.Snapshot), Undo.NotNeeded("last step"));
    }
}
