using System.Net.Sockets;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>A data folder with guests of a test's own; whatever still runs at its end is killed.</summary>
public sealed class QemuHost : IAsyncDisposable
{
    // A boot sector that writes "guest is up" to its serial port, then echoes what it reads there; the power button
    // and the letter q switch it off, the letter r resets it, the letter w writes a sector to the disk it came from (f: it
    // could not). It lets go of each disk that is to be taken away. Its source, for the GNU assembler:
    //   .code16; cld; xor %ax,%ax; mov %ax,%ds; mov %ax,%es; mov $0x602,%dx; mov $0x100,%ax; out %ax,%dx; mov $0x7c00+text,%si
    //   next: lodsb; test %al,%al; jz wait; mov $0x3f8,%dx; out %al,%dx; jmp next
    //   wait: sti; hlt; mov $0xae04,%dx; in %dx,%eax; test %eax,%eax; jz power; mov $0xae08,%dx; out %eax,%dx
    //   power: mov $0x600,%dx; in %dx,%ax; test $1,%ah; jnz off; mov $0x3fd,%dx; in %dx,%al; test $1,%al; jz wait
    //         mov $0x3f8,%dx; in %dx,%al; cmp $'q',%al; je off; cmp $'r',%al; je again; cmp $'w',%al; je write
    //   echo: mov $0x3f8,%dx; out %al,%dx; jmp wait
    //   write: mov $0x301,%ax; mov $2,%cx; mov $0x80,%dx; mov $0x7c00,%bx; int $0x13; mov $'w',%al; jnc echo; mov $'f',%al; jmp echo
    //   off: mov $0x604,%dx; mov $0x2000,%ax; out %ax,%dx; jmp wait
    //   again: mov $0xfe,%al; out %al,$0x64; jmp wait
    //   text: .asciz "guest is up\r\n"
    private const string BootSector =
        "/DHAjtiOwLoCBrgAAe++eXyshMB0Brr4A+7r9fv0ugSuZu1mhcB0BboIrmbvugAG7fbEAXU0uv0D7KgBdN66+APsPHF0JDxydCk8d3QGuvgD7uvIuAEDuQIA"
        + "uoAAuwB8zROwd3PosGbr5LoEBrgAIO/rqbD+5mTro2d1ZXN0IGlzIHVwDQoA";

    private readonly TempFolder _folder = new();

    public string DataDir => _folder.In("data");

    internal QemuOptions Options(string cloud) =>
        new(DataDir, cloud) { Accelerator = "tcg", RuntimeDir = _folder.In("run") };

    internal static QemuDriver Driver(QemuOptions options) =>
        new(options, new Command(TimeProvider.System), TimeProvider.System);

    internal GuestFolder Folder(ServerId id) => new GuestFolders(Options("")).Of(id);

    /// <summary>A volume that is a file of this host.</summary>
    public static VolumeConnection File(string path) =>
        new("file", new Dictionary<string, string> { ["path"] = path, ["format"] = "qcow2" });

    /// <summary>The volumes that the guest's QEMU has.</summary>
    public async Task<IReadOnlyList<AttachmentId>> DisksAsync(ServerId id)
    {
        await using var qmp = await SpeakAsync(id);
        var devices = await qmp.ExecuteAsync(
            "qom-list",
            new() { ["path"] = "/machine/peripheral" },
            CancellationToken.None
        );
        return
        [
            .. devices
                .EnumerateArray()
                .Select(device => device.GetProperty("name").GetString()!)
                .Where(name => name.StartsWith("volume-", StringComparison.Ordinal))
                .Select(name => new AttachmentId(Guid.Parse(name["volume-".Length..]))),
        ];
    }

    /// <summary>Whether a disk of the guest's reads and writes this attachment's node.</summary>
    public async Task<bool> UsesAsync(ServerId id, AttachmentId attachment)
    {
        await using var qmp = await SpeakAsync(id);
        var disks = await qmp.ExecuteAsync("query-block", CancellationToken.None);
        return disks
            .EnumerateArray()
            .Any(disk =>
                disk.TryGetProperty("inserted", out var inserted)
                && inserted.GetProperty("node-name").GetString() == QemuVolume.NodeOf(attachment)
            );
    }

    internal Task<QmpClient> SpeakAsync(ServerId id) =>
        QmpClient.ConnectAsync(Folder(id).QmpSocket, () => true, TimeProvider.System, CancellationToken.None);

    /// <summary>What a disk holds from which <see cref="NewBootDiskAsync"/>'s guest boots.</summary>
    public static byte[] BootSectors() => SectorsOf(Convert.FromBase64String(BootSector));

    public Task<string> NewBootDiskAsync() => NewDiskAsync(Convert.FromBase64String(BootSector));

    /// <summary>A guest that never gets beyond its BIOS, and so hears no power button.</summary>
    public Task<string> NewEmptyDiskAsync() => NewDiskAsync([]);

    /// <summary>Writes to the guest's serial port.</summary>
    public async Task TypeAsync(ServerId id, string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Folder(id).SerialSocket));
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
    }

    /// <summary>The pid of the guest's process; fails when there is not exactly one.</summary>
    public static int PidOf(string folder) =>
        Assert.Single(
            Directory
                .EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0),
            pid => pid > 0 && ArgumentsOf(pid).Contains(Path.Combine(folder, "pid"))
        );

    public static string[] ArgumentsOf(int pid)
    {
        try
        {
            return System.IO.File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        var folders = new GuestFolders(Options(""));
        foreach (var folder in folders.All())
        foreach (var process in GuestProcesses.Hold(folder))
            using (process)
            {
                process.Kill();
                await process.EndsAsync(TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None);
            }
        _folder.Dispose();
    }

    private async Task<string> NewDiskAsync(byte[] code)
    {
        var (raw, disk) = (_folder.In($"{Guid.NewGuid()}.raw"), _folder.In($"{Guid.NewGuid()}.qcow2"));
        await System.IO.File.WriteAllBytesAsync(raw, SectorsOf(code));
        string[] arguments = ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", raw, disk];
        await new Command(TimeProvider.System).RunAsync(new("qemu-img", arguments), CancellationToken.None);
        return disk;
    }

    private static byte[] SectorsOf(byte[] code)
    {
        var sectors = new byte[1024 * 1024];
        code.CopyTo(sectors, 0);
        if (code.Length > 0)
            (sectors[510], sectors[511]) = (0x55, 0xaa);
        return sectors;
    }
}
