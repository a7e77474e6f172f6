using Pipeline.Agent.Steps;
using Pipeline.Contracts.Image;

namespace Pipeline.Agent.Images;

internal sealed class EvictImageHandler(IImageCache images) : IStepHandler<EvictImage, Done>
{
    public async Task<Done> RunAsync(EvictImage step, StepContext context, CancellationToken ct)
    {
        await images.EvictAsync(step.Image, ct);
        return Done.Instance;
    }
}
