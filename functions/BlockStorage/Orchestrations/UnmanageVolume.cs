using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>A volume is let go: what it holds is its backend's operator's from then on.</summary>
internal sealed record UnmanageVolume(VolumeId Id, HostId Host, string Backend, string Name) : IOrchestration<Done>
{
    /// <summary>What it is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? LiesAs { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

[ForwardOnly("what is let go is its operator's, who may have it already: each step is repeated until it is done")]
internal sealed class UnmanageVolumeOrchestrator : TaskOrchestrator<UnmanageVolume, Done>
{
    /// <summary>It is done when its host has confirmed.</summary>
    public override TimeSpan Deadline => TimeSpan.FromDays(3650);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, UnmanageVolume order)
    {
        var release = new ReleaseVolume(order.Host, order.Backend, order.LiesAs ?? order.Id, order.Name);
        await context.CallActivityAsync(release, TaskOptions.UntilDone);
        return await context.CallActivityAsync(new ForgetUnmanaged(order.Id), TaskOptions.UntilDone);
    }
}
