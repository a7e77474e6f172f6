using Pipeline.Contracts.Image;
using Pipeline.Data;

namespace Pipeline.Image;

/// <summary>What other services may know of images.</summary>
internal sealed class KnownImages : IImages
{
    public async ValueTask<ImageFacts?> FindAsync(Tx tx, ProjectId viewer, ImageId id) =>
        await tx.FindImageAsync(id) is { } image && image.IsSeenBy(viewer)
            ? new(
                id,
                image.Name ?? "",
                image.Status,
                image.DiskFormat ?? "",
                image.Size ?? 0,
                image.VirtualSize ?? 0,
                image.Sha512 ?? "",
                image.MinDisk,
                image.MinRam
            )
            {
                Checksum = image.Checksum ?? "",
                ContainerFormat = image.ContainerFormat ?? "",
                Properties = image.Extra,
            }
            : null;
}
