using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>The image's record stands since this was accepted.</summary>
internal sealed record UploadVolume(
    VolumeId Id,
    HostId Host,
    string Backend,
    ImageId Image,
    string Format,
    string RequestId
) : IOrchestration<Done>
{
    /// <summary>What it is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

internal sealed class UploadVolumeOrchestrator : SagaOrchestrator<UploadVolume>
{
    /// <summary>A volume may be large, and the way slow.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(12);

    protected override async Task RunAsync(Saga saga, UploadVolume order)
    {
        saga.OnFault(fault => new MarkUploadFailed(order.Id, order.Image, order.RequestId, fault));
        await saga.DoAsync(
            new SendImage(order.Host, order.Backend, order.Name ?? order.Id, order.Image, order.Format),
            Undo.NotNeeded("the image goes with its fault, also where it was never begun")
        );
        await saga.DoAsync(new MarkVolumeUploaded(order.Id), Undo.NotNeeded("last step"));
    }
}
