using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Image;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Volumes;

/// <summary>The volumes of a server that is accepted: checked, ordered where they are to be made, and held for it.</summary>
internal sealed class ServerDisks(IVolumes volumes, IImages images, Randomness randomness)
{
    /// <summary>What the disk holds that a server boots from, where that is a volume.</summary>
    /// <exception cref="Fault">BadRequest, in Nova's words.</exception>
    public async ValueTask<ImageId> CheckBootAsync(Tx tx, BlockDevice boot, int ramMib, Caller caller)
    {
        if (boot.Source == "image")
            return (await ImageAsync(tx, boot, caller.Project)).Id;
        if (boot.Source != "volume")
            return default;
        var facts = await VolumeAsync(tx, boot, caller.Project);
        if (!facts.IsBootable)
            throw Fault.BadRequest($"Block Device {facts.Id} is not bootable.");
        if (NumberOf(facts, "min_ram") > ramMib)
            throw Fault.BadRequest("Flavor's memory is too small for requested image.");
        return facts.ImageMetadata.TryGetValue("image_id", out var text) && ImageId.TryParse(text, out var id)
            ? id
            : default;
    }

    /// <summary>Makes what is to be made, and holds all; gives what the build needs of them.</summary>
    /// <exception cref="Fault">BadRequest, in Nova's words; QuotaExceeded.</exception>
    public async ValueTask<IReadOnlyList<FirstVolume>> AcceptAsync(
        Tx tx,
        Server server,
        IReadOnlyList<BlockDevice> devices,
        Caller caller,
        RequestId requestId
    )
    {
        List<ServerVolume> added = [];
        // The disk that it boots from is the first by name; names that are asked for go before others.
        var order = devices.Where(d => !d.IsLocal).OrderBy(d => d.BootIndex != 0).ThenBy(d => d.Device is null);
        foreach (var device in order)
        {
            var volume = new ServerVolume
            {
                AttachmentId = new(randomness.NewGuid()),
                ServerId = server.Id,
                VolumeId = await VolumeOfAsync(tx, device, caller, requestId),
                ProjectId = server.ProjectId,
                Device =
                    device.BootIndex == 0
                        ? Contracts.Drivers.DiskNames.Boot
                        : VolumeNaming.NameOf(server, device.Device, added),
                BootIndex = device.BootIndex,
                DeleteOnTermination = device.DeleteOnTermination,
            };
            if (added.Any(other => other.VolumeId == volume.VolumeId))
                throw BlockDevice.Invalid($"volume {volume.VolumeId} is named twice.");
            await ReserveAsync(tx, volume);
            await tx.AddServerVolumeAsync(volume);
            added.Add(volume);
        }
        return [.. added.Select(v => new FirstVolume(v.AttachmentId, v.VolumeId, v.Device, v.BootIndex))];
    }

    private async ValueTask ReserveAsync(Tx tx, ServerVolume volume)
    {
        try
        {
            await volumes.ReserveAsync(
                tx,
                new(volume.AttachmentId, volume.VolumeId, volume.ServerId, volume.ProjectId)
            );
        }
        catch (Fault fault)
        {
            throw VolumeOperations.Invalid(fault);
        }
    }

    private async ValueTask<VolumeId> VolumeOfAsync(Tx tx, BlockDevice device, Caller caller, RequestId requestId)
    {
        if (device.Source == "volume")
            return (await VolumeAsync(tx, device, caller.Project)).Id;
        var order = device.Source switch
        {
            "image" => new VolumeOrder("", device.Gib, null, Image: (await ImageAsync(tx, device, caller.Project)).Id),
            "snapshot" => new VolumeOrder(
                "",
                device.Gib,
                null,
                Snapshot: await SnapshotAsync(tx, device, caller.Project)
            ),
            _ => new VolumeOrder("", device.Gib, null),
        };
        return await volumes.CreateAsync(tx, caller, requestId.Value, order);
    }

    private async ValueTask<VolumeFacts> VolumeAsync(Tx tx, BlockDevice device, ProjectId project) =>
        await volumes.FindAsync(tx, project, new(device.Id!.Value))
        ?? throw BlockDevice.Invalid($"failed to get volume {device.Id}.");

    private async ValueTask<SnapshotId> SnapshotAsync(Tx tx, BlockDevice device, ProjectId project) =>
        (
            await volumes.FindSnapshotAsync(tx, project, new(device.Id!.Value))
            ?? throw BlockDevice.Invalid($"failed to get snapshot {device.Id}.")
        ).Id;

    private async ValueTask<ImageFacts> ImageAsync(Tx tx, BlockDevice device, ProjectId project)
    {
        var image =
            await images.FindAsync(tx, project, new(device.Id!.Value))
            ?? throw BlockDevice.Invalid($"failed to get image {device.Id}.");
        if (image.Status != "active")
            throw Fault.BadRequest($"Image {image.Id} is not active.");
        var (have, need) = (device.Gib!.Value << 30, Math.Max((long)image.MinDiskGib << 30, image.VirtualSize));
        return have >= need
            ? image
            : throw Fault.BadRequest(
                $"Volume is smaller than the minimum size specified in image metadata. Volume size is {have} bytes, "
                    + $"minimum size is {need} bytes."
            );
    }

    private static long NumberOf(VolumeFacts facts, string name) =>
        facts.ImageMetadata.TryGetValue(name, out var text) && long.TryParse(text, out var number) ? number : 0;
}
