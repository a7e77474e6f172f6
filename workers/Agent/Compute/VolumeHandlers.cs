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

internal sealed class MirrorVolumeHandler(IHypervisorDriver hypervisor) : IStepHandler<MirrorVolume, Done>
{
    public async Task<Done> RunAsync(MirrorVolume step, StepContext context, CancellationToken ct)
    {
        var next = GuestDisk.Of(step.Next, context);
        await GuestDisk.SwapOn(hypervisor).MirrorVolumeAsync(step.ServerId, step.Old, next, ct);
        return Done.Instance;
    }
}

internal sealed class StopMirrorHandler(IHypervisorDriver hypervisor) : IStepHandler<StopMirror, Done>
{
    public async Task<Done> RunAsync(StopMirror step, StepContext context, CancellationToken ct)
    {
        if (hypervisor is IVolumeSwap swap)
            await swap.StopMirrorAsync(step.ServerId, step.Next, ct);
        return Done.Instance;
    }
}

internal sealed class PivotVolumeHandler(IHypervisorDriver hypervisor) : IStepHandler<PivotVolume, PivotedVolume>
{
    public async Task<PivotedVolume> RunAsync(PivotVolume step, StepContext context, CancellationToken ct)
    {
        var next = GuestDisk.Of(step.Next, context);
        return new(await GuestDisk.SwapOn(hypervisor).PivotVolumeAsync(step.ServerId, step.Old, next, ct));
    }
}

/// <summary>A volume as a step names it, as the driver of guests is told of it.</summary>
internal static class GuestDisk
{
    /// <exception cref="Fault">DriverFailed where guests have no volumes.</exception>
    public static IGuestVolumes On(IHypervisorDriver hypervisor) =>
        hypervisor as IGuestVolumes
        ?? throw new Fault(FaultCode.DriverFailed, $"guests of driver {hypervisor.Name} have no volumes");

    /// <exception cref="Fault">DriverFailed where a guest's volume keeps its place.</exception>
    public static IVolumeSwap SwapOn(IHypervisorDriver hypervisor) =>
        hypervisor as IVolumeSwap
        ?? throw new Fault(
            FaultCode.DriverFailed,
            $"guests of driver {hypervisor.Name} keep the volumes that they have"
        );

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
