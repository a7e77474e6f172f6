using Pipeline.Agent.Images;
using Pipeline.Agent.Steps;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.Compute;

internal sealed class CreateDisksHandler(IDiskDriver disks) : IStepHandler<CreateDisks, Done>
{
    public async Task<Done> RunAsync(CreateDisks step, StepContext context, CancellationToken ct)
    {
        await disks.EnsureDiskAsync(new(step.ServerId, context.Cloud, (long)step.DiskGib << 30), ct);
        return Done.Instance;
    }
}

internal sealed class WriteImageHandler(IDiskDriver disks, IImageCache images) : IStepHandler<WriteImage, Done>
{
    public async Task<Done> RunAsync(WriteImage step, StepContext context, CancellationToken ct)
    {
        var cached = await images.EnsureAsync(step.Image, ct);
        await disks.EnsureDiskAsync(new(step.ServerId, context.Cloud, (long)step.DiskGib << 30), ct);
        await disks.WriteImageAsync(step.ServerId, cached, ct);
        return Done.Instance;
    }
}

internal sealed class DeleteDisksHandler(IDiskDriver disks, IImageCache images) : IStepHandler<DeleteDisks, Done>
{
    public async Task<Done> RunAsync(DeleteDisks step, StepContext context, CancellationToken ct)
    {
        await disks.DeleteDisksAsync(step.ServerId, ct);
        await images.SweepAsync(ct);
        return Done.Instance;
    }
}
