using Pipeline.Data;

namespace Pipeline.Contracts.Image;

/// <summary>Query interface of the image service: what others may know of an image, in their own snapshot.</summary>
public interface IImages
{
    /// <summary>The image if <paramref name="viewer"/> may see it; null otherwise.</summary>
    ValueTask<ImageFacts?> FindAsync(Tx tx, ProjectId viewer, ImageId id);
}

/// <param name="Status">Glance's words; only `active` can be booted.</param>
/// <param name="Size">Bytes of the file.</param>
/// <param name="VirtualSize">Bytes of the disk in it.</param>
/// <param name="Sha512">Hex; hosts check what they fetched against it.</param>
public sealed record ImageFacts(
    ImageId Id,
    string Name,
    string Status,
    string DiskFormat,
    long Size,
    long VirtualSize,
    string Sha512,
    int MinDiskGib,
    int MinRamMib
)
{
    /// <summary>MD5 in hex, as Glance tells it.</summary>
    public string Checksum { get; init; } = "";

    public string ContainerFormat { get; init; } = "";

    /// <summary>What its owner says of it beside what Glance knows.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}

/// <summary>An image as a host fetches it.</summary>
public sealed record ImageRef(ImageId Id, string Format, long Size, string Sha512);

/// <summary>Drops a deleted image from a host's cache as soon as no disk stands on it.</summary>
public sealed record EvictImage(HostId Host, ImageId Image) : IHostActivity<Done>;
