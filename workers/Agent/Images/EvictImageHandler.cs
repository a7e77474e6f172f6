using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.Agent.Images;

internal sealed class EvictImageHandler(IImageCache images, VolumeBackends backends) : IStepHandler<EvictImage, Done>
{
    public async Task<Done> RunAsync(EvictImage step, StepContext context, CancellationToken ct)
    {
        await images.EvictAsync(step.Image, ct);
        foreach (var driver in backends.All.OfType<IVolumeImages>())
            await driver.ForgetImageAsync(step.Image, ct);
        return Done.Instance;
    }
}
