using Pipeline.Agent.Metadata;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.Compute;

/// <summary>Defines and runs a guest: its documents for the metadata service first, then the machine.</summary>
internal sealed class StartGuestHandler(IHypervisorDriver hypervisor, IDiskDriver disks, IGuestDocuments documents)
    : IStepHandler<StartGuest, Done>
{
    public async Task<Done> RunAsync(StartGuest step, StepContext context, CancellationToken ct)
    {
        var guest = step.Guest;
        var files = await documents.PutAsync(
            guest,
            context.Secret(guest.UserData),
            context.Secret(guest.AdminPassword),
            ct
        );
        var spec = new GuestSpec(
            guest.Id,
            context.Cloud,
            guest.Name,
            guest.Vcpus,
            guest.MemoryMib,
            guest.Volumes?.Any(volume => volume.BootIndex == 0) is true ? null : await RootDiskAsync(guest.Id, ct),
            guest.Nics,
            guest.ConfigDrive ? files : null
        )
        {
            Volumes = guest.Volumes is { } volumes
                ? [.. volumes.Select(volume => GuestDisk.Of(volume, context))]
                : null,
        };
        await hypervisor.EnsureGuestAsync(spec, ct);
        return Done.Instance;
    }

    private async Task<string> RootDiskAsync(ServerId id, CancellationToken ct)
    {
        await foreach (var disk in disks.ListDisksAsync(ct))
            if (disk.Id == id)
                return disk.Path;
        throw Fault.NotFound($"server {id} has no root disk on this host");
    }
}

internal sealed class DestroyGuestHandler(IHypervisorDriver hypervisor, IGuestDocuments documents)
    : IStepHandler<DestroyGuest, Done>
{
    public async Task<Done> RunAsync(DestroyGuest step, StepContext context, CancellationToken ct)
    {
        await hypervisor.DestroyGuestAsync(step.ServerId, ct);
        await documents.RemoveAsync(step.ServerId, ct);
        return Done.Instance;
    }
}

internal sealed class PowerOnGuestHandler(IHypervisorDriver hypervisor) : IStepHandler<PowerOnGuest, Done>
{
    public async Task<Done> RunAsync(PowerOnGuest step, StepContext context, CancellationToken ct)
    {
        await hypervisor.StartGuestAsync(step.ServerId, ct);
        return Done.Instance;
    }
}

internal sealed class PowerOffGuestHandler(IHypervisorDriver hypervisor) : IStepHandler<PowerOffGuest, Done>
{
    public async Task<Done> RunAsync(PowerOffGuest step, StepContext context, CancellationToken ct)
    {
        await hypervisor.StopGuestAsync(step.ServerId, step.Grace, ct);
        return Done.Instance;
    }
}
