using Pipeline.Compute.Volumes;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.Servers;

/// <summary>What a client asks for: the body of `POST /servers`, read and checked for form alone.</summary>
/// <param name="Image">Null where it boots from a volume.</param>
/// <param name="Devices">Its disks, where a client names them.</param>
internal sealed record NewServer(
    string Name,
    ImageId? Image,
    string FlavorId,
    string? KeyName,
    IReadOnlyList<NicRequest>? Nics,
    bool NoNetwork,
    IReadOnlyList<string> SecurityGroups,
    Dictionary<string, string> Metadata,
    byte[]? UserData,
    string? AdminPass,
    bool ConfigDrive,
    string? AvailabilityZone,
    string DiskConfig,
    string AccessIpv4,
    string AccessIpv6,
    int Count,
    bool ReturnReservation,
    IReadOnlyList<BlockDevice> Devices
)
{
    private const int UserDataLimit = 65_535;

    public static NewServer Read(Fields body)
    {
        var order = body.Object("server");
        order.Only(
            "name",
            "imageRef",
            "flavorRef",
            "key_name",
            "networks",
            "security_groups",
            "metadata",
            "user_data",
            "adminPass",
            "config_drive",
            "availability_zone",
            "min_count",
            "max_count",
            "OS-DCF:diskConfig",
            "accessIPv4",
            "accessIPv6",
            "return_reservation_id",
            "personality",
            "block_device_mapping",
            "block_device_mapping_v2"
        );
        var devices = BlockDevice.Read(order);
        if (order.Nullable("personality")?.Array() is { Count: > 0 })
            throw order["personality"].Wrong("is not offered: use user_data");
        var name = NameOf(order["name"]);
        var nics = order.Optional("networks")?.Array(0, 32).Select(NicOf).ToList();
        var count = CountOf(order);
        CheckCount(count, nics, devices);
        return new(
            name,
            ImageOf(order, devices),
            RefOf(order["flavorRef"]),
            order.Nullable("key_name")?.String(1),
            nics,
            NoNetwork: false,
            [.. (order.Nullable("security_groups")?.Array() ?? []).Select(g => g.Object().String("name", 1))],
            order.Nullable("metadata")?.Object().StringMap() ?? [],
            UserDataOf(order.Nullable("user_data")),
            order.Nullable("adminPass")?.String(1),
            order.Nullable("config_drive")?.Bool(text: true) ?? false,
            order.Nullable("availability_zone")?.String(1),
            order.Nullable("OS-DCF:diskConfig")?.Choice("AUTO", "MANUAL") ?? "MANUAL",
            AddressOf(order.Nullable("accessIPv4"), System.Net.Sockets.AddressFamily.InterNetwork),
            AddressOf(order.Nullable("accessIPv6"), System.Net.Sockets.AddressFamily.InterNetworkV6),
            count,
            order.Nullable("return_reservation_id")?.Bool(text: true) ?? false,
            devices
        );
    }

    public static string NameOf(Field field)
    {
        var name = field.String(1);
        return name.Trim().Length > 0 && name.Trim() == name && !name.Any(char.IsControl)
            ? name
            : throw field.Wrong("must be printable, without blanks around it");
    }

    public static string AddressOf(Field? field, System.Net.Sockets.AddressFamily family)
    {
        if (field?.String() is not { Length: > 0 } text)
            return "";
        // One spelling each: a short IPv4 address is none, and of an IPv6 address the canonical one is kept.
        return
            System.Net.IPAddress.TryParse(text, out var address)
            && address.AddressFamily == family
            && (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 || $"{address}" == text)
            ? $"{address}"
            : throw field.Value.Wrong($"'{text}' is not an address of its kind");
    }

    private static NicRequest NicOf(Field field)
    {
        var nic = field.Object();
        nic.Only("uuid", "port", "fixed_ip", "tag");
        if (nic.Nullable("tag") is { } tag)
            throw tag.Wrong("needs a later microversion");
        if (nic.Nullable("port") is { } port)
            return new(null, new PortId(port.Uuid()), null);
        var network = new NetworkId(nic["uuid"].Uuid());
        if (nic.Nullable("fixed_ip") is not { } fixedIp)
            return new(network, null, null);
        return System.Net.IPAddress.TryParse(fixedIp.String(), out _)
            ? new(network, null, fixedIp.String())
            : throw fixedIp.Wrong($"'{fixedIp.String()}' is not an IP address");
    }

    /// <summary>A port, an address or a volume is one server's.</summary>
    private static void CheckCount(int count, IReadOnlyList<NicRequest>? nics, IReadOnlyList<BlockDevice> devices)
    {
        if (count > 1 && devices.Any(device => device.Source == "volume"))
            throw Fault.BadRequest("Cannot attach one or more volumes to multiple instances");
        if (count == 1 || nics is null)
            return;
        if (nics.Any(n => n.Port is not null))
            throw Fault.BadRequest(
                "Unable to launch multiple instances with a single configured port ID. Please launch your instance "
                    + "one by one with different ports."
            );
        if (nics.Any(n => n.FixedIp is not null))
            throw Fault.BadRequest(
                "Invalid input received: max_count cannot be greater than 1 if an fixed_ip is specified."
            );
    }

    /// <summary>An image that a local disk is made of; a volume has its own.</summary>
    private static ImageId? ImageOf(Fields order, IReadOnlyList<BlockDevice> devices)
    {
        var boot = devices.FirstOrDefault(device => device.BootIndex == 0);
        if (boot is { IsLocal: false })
            return null;
        var field = order.Nullable("imageRef");
        var text = field is null ? "" : RefOf(field.Value);
        if (text.Length == 0)
            return boot is null ? throw Fault.BadRequest("Invalid imageRef provided.") : new ImageId(boot.Id!.Value);
        return ImageId.TryParse(text, out var id) ? id : throw Fault.BadRequest("Invalid imageRef provided.");
    }

    /// <summary>Older clients send the resource's URL; its last segment is the id.</summary>
    private static string RefOf(Field field)
    {
        var text =
            field.Json.ValueKind == System.Text.Json.JsonValueKind.Number ? field.Json.GetRawText() : field.String();
        return text[(text.LastIndexOf('/') + 1)..];
    }

    private static byte[]? UserDataOf(Field? field)
    {
        if (field is not { } given)
            return null;
        var text = given.String(0, UserDataLimit);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? bytes[..length]
            : throw given.Wrong("must be base64");
    }

    private static int CountOf(Fields order)
    {
        var least = order.Nullable("min_count")?.Int(1, text: true) ?? 1;
        var most = order.Nullable("max_count")?.Int(1, text: true) ?? least;
        return least <= most ? most : throw Fault.BadRequest("min_count must be <= max_count");
    }
}
