using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.Agent.Images;

/// <summary>A cache that fetches nothing, for hosts without metal.</summary>
internal sealed class FakeImageCache : IImageCache
{
    public Task<CachedImage> EnsureAsync(ImageRef image, CancellationToken ct) =>
        Task.FromResult(new CachedImage(image.Id, $"fake:{image.Id}", image.Format));

    public Task EvictAsync(ImageId image, CancellationToken ct) => Task.CompletedTask;

    public Task SweepAsync(CancellationToken ct) => Task.CompletedTask;
}
