using Pipeline.Agent.Steps;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

internal sealed class LookAtUnmanagedHandler(VolumeBackends backends) : IStepHandler<LookAtUnmanaged, UnmanagedVolume>
{
    public async Task<UnmanagedVolume> RunAsync(LookAtUnmanaged step, StepContext context, CancellationToken ct)
    {
        var found = await backends.Find<IVolumeAdoption>(step.Backend).ListUnmanagedAsync(ct);
        return found.FirstOrDefault(one => one.Name == step.Name)
            ?? throw Fault.NotFound($"nothing on backend '{step.Backend}' is called '{step.Name}'");
    }
}

internal sealed class AdoptVolumeHandler(VolumeBackends backends) : IStepHandler<AdoptVolume, Done>
{
    public async Task<Done> RunAsync(AdoptVolume step, StepContext context, CancellationToken ct)
    {
        var spec = new VolumeSpec(step.VolumeId, context.Cloud, step.Gib << 30);
        await backends.Find<IVolumeAdoption>(step.Backend).AdoptAsync(spec, step.Name, ct);
        return Done.Instance;
    }
}

internal sealed class ReleaseVolumeHandler(VolumeBackends backends) : IStepHandler<ReleaseVolume, Done>
{
    public async Task<Done> RunAsync(ReleaseVolume step, StepContext context, CancellationToken ct)
    {
        await backends.Find<IVolumeAdoption>(step.Backend).ReleaseAsync(step.VolumeId, step.Name, ct);
        return Done.Instance;
    }
}
