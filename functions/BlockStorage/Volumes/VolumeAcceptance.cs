using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.BlockStorage.Snapshots;
using Pipeline.BlockStorage.Types;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>What a new volume is made of, as the accepting transaction saw it.</summary>
/// <param name="Origin">The volume that its source is, or that its snapshot was taken of; null when that is gone.</param>
internal sealed record VolumeParts(
    VolumeType Type,
    Volume? Source,
    Snapshot? Snapshot,
    Volume? Origin,
    ImageFacts? Image
)
{
    /// <summary>What it is to be restored from.</summary>
    public Backup? Backup { get; init; }

    /// <summary>Where it is to be.</summary>
    public ZoneChoice Zone { get; init; } = new(VolumeZones.Own, Among: null);
}

/// <summary>The pure part of accepting a volume: validates against the facts, defaults, makes record and order.</summary>
internal static class VolumeAcceptance
{
    /// <exception cref="Fault">BadRequest when size, status and source do not go together.</exception>
    public static Volume Accept(NewVolume order, VolumeId id, VolumeParts facts, Caller caller)
    {
        var size = SizeOf(order, facts);
        Check(size, facts);
        var origin = facts.Source ?? facts.Origin;
        var imageMetadata = facts.Image is { } image ? ImageMetadataOf(image) : origin?.ImageMeta ?? [];
        return new()
        {
            Id = id,
            ProjectId = caller.Project,
            UserId = caller.UserId,
            Name = order.Name,
            Description = order.Description,
            SizeGib = size,
            VolumeTypeId = facts.Type.Id,
            TypeName = facts.Type.Name,
            AvailabilityZone = facts.Zone.Shown,
            Multiattach = order.Multiattach || facts.Type.IsMultiattach,
            SnapshotId = facts.Snapshot?.Id,
            SourceVolumeId = facts.Source?.Id,
            ImageId = facts.Image?.Id,
            Bootable = facts.Image is null && origin is { Bootable: true },
            Metadata = Volume.TextOf(order.Metadata),
            ImageMetadata = Volume.TextOf(imageMetadata),
        };
    }

    public static ProvisionVolume Provision(Volume volume, NewVolume order, VolumeParts facts, RequestId requestId)
    {
        var source =
            facts.Source is { } clone ? new VolumeSource(clone.LiesAs)
            : facts.Snapshot is { } snapshot ? new VolumeSource(facts.Origin!.LiesAs, snapshot.Id)
            : null;
        var image = facts.Image is { } i ? new ImageRef(i.Id, i.DiskFormat, i.Size, i.Sha512) : null;
        var wish = new PlaceWish(
            facts.Type.Specs,
            (facts.Source ?? facts.Origin)?.Place,
            order.SameHost,
            order.DifferentHost
        )
        {
            Folder = facts.Backup?.FolderId,
            Zones = facts.Zone.Among,
        };
        return new(volume.Id, volume.ProjectId, requestId.Value, volume.SizeGib, wish, source, image)
        {
            Backup = facts.Backup is { } backup
                ? new BackupRef(backup.Id, backup.Manifest!) { Folder = backup.FolderId }
                : null,
        };
    }

    private static long SizeOf(NewVolume order, VolumeParts facts) =>
        order.Gib ?? facts.Source?.SizeGib ?? facts.Snapshot?.SizeGib ?? facts.Backup!.SizeGib;

    private static void Check(long size, VolumeParts facts)
    {
        if (facts.Source is { } source)
        {
            if (source.Status is not (VolumeStatus.Available or VolumeStatus.InUse) || source.Place is null)
                throw VolumeOperations.Wrong(
                    $"Source volume status must be available or in-use, but it is {source.Status}."
                );
            if (size < source.SizeGib)
                throw Fault.BadRequest(
                    $"Invalid input received: Volume size '{size}'GB cannot be smaller than original volume size {source.SizeGib}GB. They must be >= original volume size."
                );
        }
        if (facts.Snapshot is { } snapshot)
        {
            if (snapshot.Status != SnapshotStatus.Available || facts.Origin?.Place is null)
                throw Fault.BadRequest(
                    $"Invalid snapshot: Originating snapshot status must be available, but it is {snapshot.Status}."
                );
            if (size < snapshot.SizeGib)
                throw Fault.BadRequest(
                    $"Invalid input received: Volume size '{size}'GB cannot be smaller than the snapshot size {snapshot.SizeGib}GB. They must be >= original snapshot size."
                );
        }
        if (facts.Backup is { } backup)
            CheckBackup(size, backup);
        if (facts.Image is { } image)
            CheckImage(size, image);
    }

    private static void CheckBackup(long size, Backup backup)
    {
        if (backup is not { Status: BackupStatus.Available, Manifest: not null })
            throw Backup.Wrong($"Backup status must be available, but it is {backup.Status}.");
        if (size < backup.SizeGib)
            throw Fault.BadRequest(
                $"Invalid input received: Volume size {size}GB cannot be smaller than the backup size {backup.SizeGib}GB."
            );
    }

    private static void CheckImage(long size, ImageFacts image)
    {
        if (image.Status != "active")
            throw Fault.BadRequest($"Invalid input received: Image {image.Id} is not active.");
        if (Math.Max(image.Size, image.VirtualSize) > size << 30)
            throw Fault.BadRequest(
                $"Invalid input received: Size of specified image {(Math.Max(image.Size, image.VirtualSize) + (1 << 30) - 1) >> 30}GB is larger than volume size {size}GB."
            );
        if (image.MinDiskGib > size)
            throw Fault.BadRequest(
                $"Invalid input received: Volume size {size}GB cannot be smaller than the image minDisk size {image.MinDiskGib}GB."
            );
    }

    /// <summary>What a volume remembers of the image that it was filled with, for what boots from it.</summary>
    private static Dictionary<string, string> ImageMetadataOf(ImageFacts image) =>
        new(image.Properties)
        {
            ["image_id"] = $"{image.Id}",
            ["image_name"] = image.Name,
            ["checksum"] = image.Checksum,
            ["container_format"] = image.ContainerFormat,
            ["disk_format"] = image.DiskFormat,
            ["min_disk"] = $"{image.MinDiskGib}",
            ["min_ram"] = $"{image.MinRamMib}",
            ["size"] = $"{image.Size}",
        };
}
