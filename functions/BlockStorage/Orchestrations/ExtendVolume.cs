using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>Room and quota were claimed when it was accepted; they stand in the volume's row.</summary>
internal sealed record ExtendVolume(VolumeId Id, HostId Host, string Backend, long From, long To) : IOrchestration<Done>
{
    /// <summary>Guests of this cloud that have the volume; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GuestDisk>? Guests { get; init; }

    /// <summary>What it is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

internal sealed class ExtendVolumeOrchestrator : SagaOrchestrator<ExtendVolume>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, ExtendVolume order)
    {
        saga.OnFault(fault => new MarkExtendFailed(order.Id, fault));
        await saga.DoAsync(
            new GrowVolume(order.Host, order.Backend, order.Name ?? order.Id, order.To),
            Undo.NotNeeded("a volume does not shrink; what is larger than its record stays so")
        );
        await saga.DoAsync(
            new MarkVolumeExtended(order.Id, order.To),
            Undo.NotNeeded("what follows only tells guests")
        );
        foreach (var guest in order.Guests ?? [])
            await saga.DoAsync(
                new GrowPluggedVolume(guest.Host, guest.Server, guest.Attachment, order.To),
                Undo.NotNeeded("a guest that was not told sees it when it is started again")
            );
    }
}
