using Pipeline.Agent.ControlPlane;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

internal sealed class SendImageHandler(VolumeBackends backends, IVolumeFiles files, IControlPlane control)
    : IStepHandler<SendImage, Done>
{
    public async Task<Done> RunAsync(SendImage step, StepContext context, CancellationToken ct)
    {
        var path = files.PathOf($"image-{step.ImageId}");
        try
        {
            var content = backends.Find<IVolumeContent>(step.Backend);
            var copied = new PartialProgress(context.Progress, 0, 0.5); // the other half of the way is the upload
            await content.ReadImageAsync(step.VolumeId, path, step.Format, copied, ct);
            await control.SendImageAsync(step.ImageId, () => files.OpenRead(path), ct);
        }
        finally
        {
            files.Remove(path);
        }
        return Done.Instance;
    }
}
