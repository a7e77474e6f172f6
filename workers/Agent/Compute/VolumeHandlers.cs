using System.Text;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.Compute;

internal sealed class PlugVolumeHandler(IHypervisorDriver hypervisor) : IStepHandler<PlugVolume, PluggedVolume>
{
    public async Task<PluggedVolume> RunAsync(PlugVolume step, StepContext context, CancellationToken ct) =>
        new(await GuestDisk.On(hypervisor).AttachVolumeAsync(step.ServerId, GuestDisk.Of(step.Volume, context), ct));
}

internal sealed class UnplugVolumeHandler(IHypervisorDriver hypervisor) : IStepHandler<UnplugVolume, Done>
{
    public async Task<Done> RunAsync(UnplugVolume step, StepContext context, CancellationToken ct)
    {
        await GuestDisk.On(hypervisor).DetachVolumeAsync(step.ServerId, step.AttachmentId, ct);
        return Done.Instance;
    }
}

internal sealed class GrowPluggedVolumeHandler(IHypervisorDriver hypervisor) : IStepHandler<GrowPluggedVolume, Done>
{
    public async Task<Done> RunAsync(GrowPluggedVolume step, StepContext context, CancellationToken ct)
    {
        await GuestDisk.On(hypervisor).ResizeVolumeAsync(step.ServerId, step.AttachmentId, step.Gib << 30, ct);
        return Done.Instance;
    }
}

/// <summary>A volume as a step names it, as the driver of guests is told of it.</summary>
internal static class GuestDisk
{
    /// <exception cref="Fault">DriverFailed where guests have no volumes.</exception>
    public static IGuestVolumes On(IHypervisorDriver hypervisor) =>
        hypervisor as IGuestVolumes
        ?? throw new Fault(FaultCode.DriverFailed, $"guests of driver {hypervisor.Name} have no volumes");

    public static GuestVolume Of(VolumeOfGuest volume, StepContext context) =>
        new(
            volume.AttachmentId,
            volume.VolumeId,
            volume.Connection,
            volume.IsReadOnly,
            volume.Device,
            volume.BootIndex,
            context.Secret(volume.Secret) is { } password ? Encoding.UTF8.GetString(password) : null,
            volume.Limits
        );
}
