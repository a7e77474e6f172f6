using Pipeline.Contracts.Identity;
using Pipeline.Data;

namespace Pipeline.Contracts.Image;

/// <summary>Query interface of the image service: what others may know of an image, in their own snapshot.</summary>
public interface IImages
{
    /// <summary>The image if <paramref name="viewer"/> may see it; null otherwise.</summary>
    ValueTask<ImageFacts?> FindAsync(Tx tx, ProjectId viewer, ImageId id);

    /// <summary>Makes the record of an image whose file a host will send; it is `queued` until then.</summary>
    /// <exception cref="Fault">QuotaExceeded; Forbidden for what the caller may not set; BadRequest.</exception>
    ValueTask AddAsync(Tx tx, Caller caller, SentImage order);

    /// <summary>Begins the removal of an image that a host was to send, whatever it has sent. Gone is success.</summary>
    ValueTask WithdrawAsync(Tx tx, ImageId id, string requestId);
}

/// <param name="Sender">The host that may send its file.</param>
/// <param name="DiskFormat">`raw` or `qcow2`.</param>
public sealed record SentImage(
    ImageId Id,
    HostId Sender,
    string Name,
    string DiskFormat,
    string ContainerFormat,
    string Visibility,
    bool IsProtected,
    int MinDiskGib,
    int MinRamMib,
    IReadOnlyDictionary<string, string> Properties
);

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
