using Pipeline.Contracts.Image;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Image.Images;
using Pipeline.Image.Orchestrations;
using Pipeline.Image.Quotas;

namespace Pipeline.Image;

/// <summary>What other services may know of images, and have made of what they hold.</summary>
internal sealed class KnownImages(DurableTaskClient durable) : IImages
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

    public async ValueTask AddAsync(Tx tx, Caller caller, SentImage order)
    {
        if (order.Visibility == Visibility.Public && !caller.IsAdmin)
            throw Fault.Forbidden("You are not authorized to complete publicize_image action.");
        await tx.CheckImageQuotaAsync(caller.Project, ImageQuota.Count, 1);
        var image = new Image
        {
            Id = order.Id,
            ProjectId = caller.Project,
            Name = order.Name,
            DiskFormat = order.DiskFormat,
            ContainerFormat = order.ContainerFormat,
            Visibility = order.Visibility,
            Protected = order.IsProtected,
            MinDisk = order.MinDiskGib,
            MinRam = order.MinRamMib,
        };
        var properties = order.Properties.Where(p => !ImageAttributes.IsKnown(p.Key)).ToDictionary();
        if (!await tx.TryAddImageAsync(image.With(new SortedDictionary<string, string>(properties))))
            throw Fault.Conflict($"Image with identifier {order.Id} already exists!");
        await tx.SetSenderAsync(order.Id, order.Sender);
    }

    public async ValueTask WithdrawAsync(Tx tx, ImageId id, string requestId)
    {
        if (await tx.FindImageAsync(id) is not { Status: not ImageStatus.Deleted } image)
            return;
        await tx.BuryImageAsync(id);
        var options = new StartOptions($"image-{id}-withdraw-{requestId}", image.ProjectId, requestId);
        await durable.StartAsync(tx, new DeleteImage(id), options);
    }
}
