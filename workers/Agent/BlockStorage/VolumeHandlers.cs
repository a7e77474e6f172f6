using Pipeline.Agent.Images;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

internal sealed class MakeVolumeHandler(VolumeBackends backends) : IStepHandler<MakeVolume, Done>
{
    public async Task<Done> RunAsync(MakeVolume step, StepContext context, CancellationToken ct)
    {
        var spec = new VolumeSpec(step.VolumeId, context.Cloud, step.Gib << 30, step.Source);
        await backends.Find(step.Backend).EnsureVolumeAsync(spec, ct);
        return Done.Instance;
    }
}

internal sealed class FillVolumeHandler(VolumeBackends backends, IImageCache images) : IStepHandler<FillVolume, Done>
{
    public async Task<Done> RunAsync(FillVolume step, StepContext context, CancellationToken ct)
    {
        var cached = await images.EnsureAsync(step.Image, ct);
        await backends.Find<IVolumeContent>(step.Backend).WriteImageAsync(step.VolumeId, cached, context.Progress, ct);
        return Done.Instance;
    }
}

internal sealed class GrowVolumeHandler(VolumeBackends backends) : IStepHandler<GrowVolume, Done>
{
    public async Task<Done> RunAsync(GrowVolume step, StepContext context, CancellationToken ct)
    {
        await backends.Find(step.Backend).ExtendVolumeAsync(step.VolumeId, step.Gib << 30, ct);
        return Done.Instance;
    }
}

internal sealed class RevertVolumeHandler(VolumeBackends backends) : IStepHandler<RevertVolume, Done>
{
    public async Task<Done> RunAsync(RevertVolume step, StepContext context, CancellationToken ct)
    {
        await backends.Find<IVolumeRevert>(step.Backend).RevertAsync(step.VolumeId, step.SnapshotId, ct);
        return Done.Instance;
    }
}

/// <summary>Wherever it lies here: a backend that does not know it has nothing to do.</summary>
internal sealed class RemoveVolumeHandler(VolumeBackends backends) : IStepHandler<RemoveVolume, Done>
{
    public async Task<Done> RunAsync(RemoveVolume step, StepContext context, CancellationToken ct)
    {
        foreach (var driver in backends.All)
        {
            foreach (var snapshot in step.Snapshots)
                await VolumeBackends.Part<IVolumeSnapshots>(driver).DeleteSnapshotAsync(step.VolumeId, snapshot, ct);
            await driver.DeleteVolumeAsync(step.VolumeId, ct);
        }
        return Done.Instance;
    }
}

internal sealed class KeepSnapshotHandler(VolumeBackends backends) : IStepHandler<KeepSnapshot, Done>
{
    public async Task<Done> RunAsync(KeepSnapshot step, StepContext context, CancellationToken ct)
    {
        await backends.Find<IVolumeSnapshots>(step.Backend).EnsureSnapshotAsync(step.VolumeId, step.SnapshotId, ct);
        return Done.Instance;
    }
}

internal sealed class DropSnapshotHandler(VolumeBackends backends) : IStepHandler<DropSnapshot, Done>
{
    public async Task<Done> RunAsync(DropSnapshot step, StepContext context, CancellationToken ct)
    {
        foreach (var driver in backends.All)
            await VolumeBackends.Part<IVolumeSnapshots>(driver).DeleteSnapshotAsync(step.VolumeId, step.SnapshotId, ct);
        return Done.Instance;
    }
}
