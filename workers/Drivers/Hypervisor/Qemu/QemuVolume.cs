using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>A volume as QEMU is told of it, at its start and while it runs alike. Pure.</summary>
internal sealed class QemuVolume
{
    private const int LongestSerial = 20; // VIRTIO_BLK_ID_BYTES (virtio 1.2, 5.2.6)

    private QemuVolume(GuestVolume volume, string? password, TimeSpan reconnect, bool reports)
    {
        IsBootDisk = GuestDisks.IsBootDisk(volume);
        Server = ServerOf(volume.Connection);
        IsSizedOnConnect = volume.Connection.Protocol == "nbd";
        List<JsonObject> objects = [];
        if (password is not null)
            objects.Add(
                new()
                {
                    ["qom-type"] = "secret",
                    ["id"] = PasswordOf(volume.Attachment),
                    ["file"] = password,
                }
            );
        if (volume.Limits is { Count: > 0 } limits)
            objects.Add(
                new()
                {
                    ["qom-type"] = "throttle-group",
                    ["id"] = LimitsOf(volume.Attachment),
                    ["limits"] = LimitsOf(limits),
                }
            );
        Objects = objects;
        var way = WayOf(volume.Connection, password is null ? null : PasswordOf(volume.Attachment), reconnect);
        Node = NodeOf(volume, way);
        Device = DiskOf(volume, reports ? "report" : "stop");
    }

    public bool IsBootDisk { get; }

    /// <summary>What the node needs before it is added.</summary>
    public IReadOnlyList<JsonObject> Objects { get; }

    public JsonObject Node { get; }

    public JsonObject Device { get; }

    /// <summary>Who has to answer before QEMU is told to connect; null when it is no server.</summary>
    public (string Host, int Port)? Server { get; }

    /// <summary>Whether a connection keeps the size that the volume had when it was made (NBD's handshake).</summary>
    public bool IsSizedOnConnect { get; }

    public IEnumerable<string> Arguments =>
        [
            .. Objects.SelectMany(item => (string[])["-object", item.ToJsonString()]),
            .. (string[])["-blockdev", Node.ToJsonString(), "-device", Device.ToJsonString()],
        ];

    /// <param name="password">The file that has the attachment's password; null when there is none.</param>
    /// <param name="reports">Its guest is told of what fails; otherwise it stands still until it works.</param>
    /// <exception cref="Fault">BadRequest for a protocol that QEMU does not speak, or a connection that lacks what it needs.</exception>
    public static QemuVolume Of(GuestVolume volume, string? password, TimeSpan reconnect, bool reports = false) =>
        new(volume, password, reconnect, reports);

    public static string DeviceOf(GuestVolume volume) => DeviceOf(volume.Seat ?? volume.Attachment);

    public static string DeviceOf(AttachmentId attachment) => $"volume-{attachment}";

    // A node's name holds 31 characters.
    public static string NodeOf(AttachmentId attachment) => $"volume-{attachment.Value:N}"[..31];

    /// <summary>By turns: what lies below the node once it was connected again.</summary>
    public static IReadOnlyList<string> WaysOf(AttachmentId attachment) =>
        [$"way-1-{attachment.Value:N}"[..31], $"way-2-{attachment.Value:N}"[..31]];

    /// <summary>What lies below the node, as one of its own.</summary>
    public JsonObject WayAs(string name)
    {
        var way = Node["file"]!.DeepClone().AsObject();
        way["node-name"] = name;
        foreach (var inherited in (string[])["read-only", "discard"])
            way[inherited] = Node[inherited]!.DeepClone();
        return way;
    }

    /// <summary>The node, over another that has a name.</summary>
    public JsonObject NodeOver(string name)
    {
        var node = Node.DeepClone().AsObject();
        node["file"] = name;
        return node;
    }

    /// <summary>The whole of it by another name: what lies below a node that <see cref="Over"/> describes.</summary>
    public JsonObject Beneath(string name)
    {
        var node = Node.DeepClone().AsObject();
        node["node-name"] = name;
        return node;
    }

    /// <summary>The disk's node as a window on one that has a name.</summary>
    /// <param name="bytes">As much of it as shows; null for all.</param>
    public JsonObject Over(string name, long? bytes)
    {
        var node = new JsonObject
        {
            ["driver"] = "raw",
            ["node-name"] = (string)Node["node-name"]!,
            ["file"] = name,
        };
        foreach (var inherited in (string[])["read-only", "discard"])
            node[inherited] = Node[inherited]!.DeepClone();
        if (bytes is { } limit)
            node["size"] = limit;
        return node;
    }

    public static IReadOnlyList<string> ObjectsOf(AttachmentId attachment) =>
        [PasswordOf(attachment), LimitsOf(attachment)];

    private static string PasswordOf(AttachmentId attachment) => $"password-{attachment}";

    private static string LimitsOf(AttachmentId attachment) => $"limits-{attachment}";

    private static (string Host, int Port)? ServerOf(VolumeConnection way) =>
        way.Protocol switch
        {
            "nbd" or "iscsi" => (Property(way, "host"), PortOf(way)),
            "nfs" => (Property(way, "server"), 2049),
            _ => null,
        };

    private static JsonObject WayOf(VolumeConnection way, string? password, TimeSpan reconnect) =>
        way.Protocol switch
        {
            "file" => FileOf(way),
            "nbd" => NbdOf(way, reconnect),
            "iscsi" => IscsiOf(way, password),
            "nfs" => NfsOf(way),
            _ => throw Fault.BadRequest($"QEMU does not reach volumes by '{way.Protocol}'"),
        };

    private static JsonObject FileOf(VolumeConnection way)
    {
        var path = Property(way, "path");
        return Path.IsPathFullyQualified(path)
            ? new() { ["driver"] = "file", ["filename"] = path }
            : throw Fault.BadRequest("a volume's file is named by its full path");
    }

    private static JsonObject NbdOf(VolumeConnection way, TimeSpan reconnect) =>
        new()
        {
            ["driver"] = "nbd",
            ["server"] = new JsonObject
            {
                ["type"] = "inet",
                ["host"] = Property(way, "host"),
                ["port"] = Text(PortOf(way)),
            },
            ["export"] = Property(way, "export"),
            ["reconnect-delay"] = (long)reconnect.TotalSeconds,
        };

    // libiscsi connects again by itself, for as long as it takes.
    private static JsonObject IscsiOf(VolumeConnection way, string? password)
    {
        var (host, port) = (Property(way, "host"), PortOf(way));
        var node = new JsonObject
        {
            ["driver"] = "iscsi",
            ["transport"] = "tcp",
            ["portal"] = $"{(host.Contains(':') ? $"[{host}]" : host)}:{Text(port)}",
            ["target"] = Property(way, "target"),
            ["lun"] = NumberOf(way, "lun"),
        };
        if (password is null)
            return node;
        (node["user"], node["password-secret"]) = (Property(way, "user"), password);
        return node;
    }

    // libnfs mounts the folder of the path, and opens what lies in it.
    private static JsonObject NfsOf(VolumeConnection way) =>
        new()
        {
            ["driver"] = "nfs",
            ["server"] = new JsonObject { ["type"] = "inet", ["host"] = Property(way, "server") },
            ["path"] = $"{Property(way, "share").TrimEnd('/')}/{Property(way, "path").TrimStart('/')}",
        };

    private static JsonObject NodeOf(GuestVolume volume, JsonObject way)
    {
        var format = volume.Connection.Properties.GetValueOrDefault("format") ?? "raw";
        if (format is not ("raw" or "qcow2"))
            throw Fault.BadRequest($"QEMU is given volumes as raw or qcow2, not as '{format}'");
        var node = Layer(volume, format, way);
        if (volume.Limits is { Count: > 0 })
        {
            node = Layer(volume, "throttle", node);
            node["throttle-group"] = LimitsOf(volume.Attachment);
        }
        node["node-name"] = NodeOf(volume.Attachment);
        return node;
    }

    private static JsonObject Layer(GuestVolume volume, string driver, JsonObject below) =>
        new()
        {
            ["driver"] = driver,
            ["read-only"] = volume.IsReadOnly,
            ["discard"] = "unmap",
            ["file"] = below,
        };

    // Unless its host says otherwise, a guest whose volume cannot be reached stands still, instead of being told that its disk is broken.
    private static JsonObject DiskOf(GuestVolume volume, string onError)
    {
        var device = new JsonObject
        {
            ["driver"] = "virtio-blk-pci",
            ["id"] = DeviceOf(volume),
            ["drive"] = NodeOf(volume.Attachment),
            ["serial"] = $"{volume.Volume}"[..LongestSerial],
            ["werror"] = onError,
            ["rerror"] = onError,
        };
        if (volume.BootIndex is { } index)
            device["bootindex"] = index + 1; // a local root disk's is 1
        return device;
    }

    private static JsonObject LimitsOf(IReadOnlyDictionary<string, long> limits)
    {
        var group = new JsonObject();
        foreach (var (name, value) in limits.OrderBy(limit => limit.Key, StringComparer.Ordinal))
            group[NameOf(name.Split('_'))] = value;
        return group;
    }

    // `read_bytes_sec_max` of Cinder is `bps-read-max` of QEMU.
    private static string NameOf(string[] words) =>
        words[0] == "size"
            ? "iops-size"
            : $"{(words[1] == "bytes" ? "bps" : "iops")}-{words[0]}{(words.Length > 3 ? "-max" : "")}";

    private static int PortOf(VolumeConnection way) =>
        NumberOf(way, "port") is > 0 and <= ushort.MaxValue and var port
            ? port
            : throw Fault.BadRequest($"a connection by {way.Protocol} has a port");

    private static int NumberOf(VolumeConnection way, string name) =>
        int.TryParse(Property(way, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Fault.BadRequest($"'{name}' of a connection by {way.Protocol} is a number");

    private static string Property(VolumeConnection way, string name) =>
        way.Properties.GetValueOrDefault(name) is { Length: > 0 } value
            ? value
            : throw Fault.BadRequest($"a connection by {way.Protocol} lacks its {name}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
