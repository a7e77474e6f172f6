namespace Pipeline.Compute.Volumes;

/// <summary>What a disk of a new server is made of, and where it lies, in Nova's words.</summary>
/// <param name="Source">`image`, `volume`, `snapshot` or `blank`.</param>
/// <param name="IsLocal">A disk of the guest's host; else a volume.</param>
/// <param name="BootIndex">0 for the disk that the server boots from; null for one that it does not.</param>
internal sealed record BlockDevice(
    string Source,
    bool IsLocal,
    Guid? Id,
    long? Gib,
    int? BootIndex,
    bool DeleteOnTermination,
    string? Device
)
{
    /// <summary>`block_device_mapping_v2` of a body; empty when there is none.</summary>
    /// <exception cref="Fault">BadRequest, in Nova's words.</exception>
    public static IReadOnlyList<BlockDevice> Read(Fields order)
    {
        if (order.Nullable("block_device_mapping")?.Array() is { Count: > 0 } older)
            return order.Nullable("block_device_mapping_v2") is null
                ? [.. older.Select(ReadOlder)]
                : throw Fault.BadRequest(
                    "Using different block_device_mapping syntaxes is not allowed in the same request."
                );
        var devices = (order.Nullable("block_device_mapping_v2")?.Array() ?? []).Select(ReadOne).ToList();
        return devices.Count(device => device.BootIndex == 0) == 1 || devices.Count == 0 ? devices : throw NoBootDisk();
    }

    public static Fault Invalid(string what) => Fault.BadRequest($"Block Device Mapping is Invalid: {what}");

    private static Fault NoBootDisk() =>
        Invalid("Boot sequence for the instance and image/block device mapping combination is not valid.");

    private static BlockDevice ReadOne(Field field)
    {
        var device = field.Object();
        device.Only(
            "source_type",
            "destination_type",
            "uuid",
            "boot_index",
            "volume_size",
            "delete_on_termination",
            "device_name",
            "device_type",
            "disk_bus",
            "guest_format",
            "no_device"
        );
        Offers(device, "disk_bus", "virtio");
        Offers(device, "device_type", "disk");
        Offers(device, "guest_format", null);
        OffersMapping(device);
        var source = device["source_type"].Choice("volume", "image", "snapshot", "blank");
        var destination =
            device.Nullable("destination_type")?.Choice("local", "volume")
            ?? (source is "volume" or "snapshot" ? "volume" : "local");
        var index = device.Nullable("boot_index")?.Int(text: true);
        var read = new BlockDevice(
            source,
            destination == "local",
            device.Nullable("uuid") is { } id && source != "blank" ? id.Uuid() : null,
            device.Nullable("volume_size") is { } size && size.Json.ToString() is { Length: > 0 }
                ? size.Long(0, text: true)
                : null,
            index >= 0 ? index : null,
            device.Nullable("delete_on_termination")?.Bool(text: true) ?? false,
            device.Nullable("device_name")?.String(1)
        );
        return read.Checked();
    }

    /// <summary>`block_device_mapping`, as EC2 had it: volumes and snapshots, of which the one by the first name boots.</summary>
    private static BlockDevice ReadOlder(Field field)
    {
        var device = field.Object();
        device.Only(
            "volume_id",
            "snapshot_id",
            "volume_size",
            "device_name",
            "delete_on_termination",
            "no_device",
            "virtual_name",
            "connection_info"
        );
        Offers(device, "virtual_name", null);
        Offers(device, "connection_info", null);
        OffersMapping(device);
        var (volume, snapshot) = (device.Nullable("volume_id")?.Uuid(), device.Nullable("snapshot_id")?.Uuid());
        var name = device.Nullable("device_name")?.String(1);
        var read = new BlockDevice(
            volume is null ? "snapshot" : "volume",
            IsLocal: false,
            volume ?? snapshot,
            device.Nullable("volume_size")?.Long(0, text: true),
            name?.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').EndsWith("da", StringComparison.Ordinal)
                is true
                ? 0
                : null,
            device.Nullable("delete_on_termination")?.Bool(text: true) ?? false,
            name
        );
        return read.Checked();
    }

    /// <summary>What a disk would not be is refused, not left out: each is bare, and on virtio's bus.</summary>
    /// <param name="only">What it is anyway; null where it is none of all that might be named.</param>
    private static void Offers(Fields device, string name, string? only)
    {
        if (device.Nullable(name) is { } field && field.String() is { Length: > 0 } value && value != only)
            throw Invalid($"{name} '{value}' is not offered{(only is null ? "" : $", only '{only}'")}.");
    }

    /// <summary>`no_device` takes back what an image maps; images here map nothing.</summary>
    private static void OffersMapping(Fields device)
    {
        if (
            device.Nullable("no_device") is { } none
            && none.Json.ToString() is { Length: > 0 }
            && none.Bool(text: true)
        )
            throw Invalid("no_device is not offered: images map no devices of their own.");
    }

    private BlockDevice Checked() =>
        (Source, IsLocal) switch
        {
            ("image", true) when BootIndex != 0 => throw Invalid("Mapping image to local is not supported."),
            ("volume", true) => throw Invalid("Mapping volume to local is not supported."),
            ("snapshot", true) => throw Invalid("Mapping snapshot to local is not supported."),
            ("blank", true) => throw Invalid("this cloud has no ephemeral and swap disks."),
            ("blank", _) when Gib is null or 0 => throw Invalid(
                "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size"
            ),
            ("image", false) when Gib is null or 0 => throw Invalid(
                "Images with destination_type 'volume' need to have a non-zero size specified"
            ),
            ("blank", _) => this,
            _ when Id is null => throw Invalid("Missing device UUID."),
            _ => this,
        };
}
