namespace Pipeline.Contracts.Drivers;

/// <summary>Local (ephemeral) disks of servers on this host. Every member ensures.</summary>
public interface IDiskDriver : IDriver
{
    /// <summary>Reserves the place of a server's root disk.</summary>
    /// <exception cref="Fault">DiskFull when the host has not that much room left.</exception>
    Task<string> EnsureDiskAsync(DiskSpec spec, CancellationToken ct);

    /// <summary>Fills the root disk with an image that lies in the host's cache, growing it to its size.</summary>
    /// <exception cref="Fault">BadRequest when the image is not what it says; DiskFull.</exception>
    Task WriteImageAsync(ServerId id, CachedImage image, CancellationToken ct);

    Task DeleteDisksAsync(ServerId id, CancellationToken ct);

    /// <summary>Servers that have disks here, with the cached image each one stands on.</summary>
    IAsyncEnumerable<DiskStatus> ListDisksAsync(CancellationToken ct);
}

/// <param name="Bytes">The disk's virtual size in bytes; 0 takes the image's own.</param>
public sealed record DiskSpec(ServerId Id, string Cloud, long Bytes);

/// <param name="Path">The image file in the host's cache; disks may stand on it as their backing file.</param>
public sealed record CachedImage(ImageId Id, string Path, string Format);

public sealed record DiskStatus(ServerId Id, string Path, string? BackingFile);
