using System.Text.Json.Nodes;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>The machine a guest sees, as QEMU's arguments. Its own words that end up here are ids, numbers and checked names.</summary>
internal static class QemuArguments
{
    /// <param name="volumes">The guest's volumes, in the order of their names.</param>
    public static List<string> Of(
        GuestDefinition guest,
        GuestFolder folder,
        string accelerator,
        IReadOnlyList<QemuVolume> volumes
    ) =>
        [
            .. Machine(guest, accelerator),
            .. guest.RootDisk is { } root ? Disk("root", "qcow2", root, "bootindex=1") : [],
            // Guests name their disks in the order of the bus: what they boot from is the first.
            .. volumes.Where(volume => volume.IsBootDisk).SelectMany(volume => volume.Arguments),
            .. guest.HasConfigDrive ? Disk("config", "raw", folder.ConfigDrive) : [],
            .. guest.Nics.SelectMany(Nic),
            .. Extras,
            .. Channels(folder),
            .. volumes.Where(volume => !volume.IsBootDisk).SelectMany(volume => volume.Arguments),
        ];

    // The product name is what guests' cloud-init looks for before it asks a metadata service of OpenStack's kind.
    private static string[] Machine(GuestDefinition guest, string accelerator) =>
        [
            .. (string[])["-nodefaults", "-no-user-config", "-display", "none"],
            // Without -daemonize QEMU could also be denied fork and setsid; with it, a start that fails says why.
            .. (string[])["-sandbox", "on,obsolete=deny,resourcecontrol=deny"],
            .. (string[])["-name", $"guest={guest.Id}", "-uuid", $"{guest.Id}"],
            .. (string[])["-smbios", $"type=1,manufacturer=Pipeline,product=OpenStack Nova,serial={guest.Id}"],
            .. (string[])["-machine", "pc", .. Accelerated(accelerator)],
            .. (string[])["-m", $"{guest.MemoryMib}", "-smp", $"{guest.Vcpus}", "-rtc", "base=utc"],
        ];

    // QEMU's own choice of translation cache costs 60 MB more for each guest and gains nothing.
    private static string[] Accelerated(string accelerator) =>
        accelerator == "kvm" ? ["-accel", "kvm", "-cpu", "host"] : ["-accel", "tcg,tb-size=32", "-cpu", "max"];

    private static string[] Disk(string name, string format, string path, string? more = null)
    {
        var node = new JsonObject
        {
            ["driver"] = format,
            ["node-name"] = name,
            ["discard"] = "unmap",
            ["read-only"] = format == "raw",
            ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = path },
        };
        var device = $"virtio-blk-pci,drive={name}{(more is null ? "" : "," + more)}";
        return ["-blockdev", node.ToJsonString(), "-device", device];
    }

    // A port without a device is a card whose cable leads nowhere.
    private static string[] Nic(GuestNic nic, int index)
    {
        var end = nic.Device is null
            ? $"hubport,id=net{index},hubid={index}"
            : $"tap,id=net{index},ifname={nic.Device},script=no,downscript=no";
        return
        [
            .. (string[])["-netdev", end],
            .. (string[])["-device", $"virtio-net-pci,netdev=net{index},mac={nic.Mac},host_mtu={nic.Mtu},romfile="],
        ];
    }

    // Without an entropy source a guest waits more than a second for its first keys.
    private static string[] Extras =>
        [
            .. (string[])["-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0"],
            .. (string[])["-device", "virtio-balloon-pci,deflate-on-oom=on,free-page-reporting=on"],
        ];

    private static string[] Channels(GuestFolder folder) =>
        [
            .. Socket("serial0", folder.SerialSocket, $",logfile={Escaped(folder.Console)},logappend=on"),
            .. (string[])["-serial", "chardev:serial0"],
            .. Socket("agent0", folder.AgentSocket),
            .. (string[])["-device", "virtio-serial-pci"],
            .. (string[])["-device", "virtserialport,chardev=agent0,name=org.qemu.guest_agent.0"],
            .. Socket("qmp0", folder.QmpSocket),
            .. (string[])["-mon", "chardev=qmp0,mode=control"],
            .. (string[])["-pidfile", folder.PidFile, "-daemonize"],
        ];

    private static string[] Socket(string id, string path, string more = "") =>
        ["-chardev", $"socket,id={id},path={Escaped(path)},server=on,wait=off{more}"];

    // QEMU reads a doubled comma as a comma.
    private static string Escaped(string path) => path.Replace(",", ",,");
}
