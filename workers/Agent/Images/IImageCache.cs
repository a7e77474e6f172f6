using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.Agent.Images;

/// <summary>Images that this host has fetched; disks stand on them.</summary>
internal interface IImageCache
{
    /// <summary>The image's file, fetched unless it is there.</summary>
    /// <exception cref="Fault">DiskFull; BadRequest when what was fetched is not what was uploaded; Unavailable.</exception>
    Task<CachedImage> EnsureAsync(ImageRef image, CancellationToken ct);

    /// <summary>Marks an image as deleted: it goes as soon as no disk stands on it.</summary>
    Task EvictAsync(ImageId image, CancellationToken ct);

    /// <summary>Removes the marked images that no disk stands on any more.</summary>
    Task SweepAsync(CancellationToken ct);
}
