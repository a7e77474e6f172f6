using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Benchmarks.Guests;

/// <summary>
/// What a person would type: an overlay of the same image, and QEMU with the machine, accelerator and memory that the
/// cloud's own guest has, its user network, and a config drive in place of a metadata service.
/// </summary>
/// <param name="machine">The arguments of QEMU that say which machine it is.</param>
internal sealed class BareGuest(Bench bench, IReadOnlyList<string> machine)
{
    private const string MetaData =
        """{"uuid":"11111111-2222-3333-4444-555555555555","hostname":"bare","name":"bare"}""";

    /// <summary>The network that it is in; null for the machine's own.</summary>
    public string? Space { get; init; }

    /// <summary>A script that it runs when it has booted.</summary>
    public string? UserData { get; init; }

    /// <summary>What its console says, in its folder.</summary>
    public const string Console = "console";

    /// <summary>Where QEMU hears commands, in its folder.</summary>
    public const string Monitor = "qmp";

    /// <summary>How long QEMU took to start the guest, and how long it was until the guest's SSH server answered.</summary>
    public Task<(double Started, double Ssh)> RunAsync(CancellationToken ct) => UseAsync(_ => Task.CompletedTask, ct);

    /// <inheritdoc cref="RunAsync"/>
    /// <param name="use">What is done with it then, with its folder.</param>
    public async Task<(double Started, double Ssh)> UseAsync(Func<string, Task> use, CancellationToken ct)
    {
        var folder = Path.Combine(bench.Folder, "bare");
        Directory.CreateDirectory(folder);
        var config = Path.Combine(folder, "config.iso");
        var files = new Dictionary<string, byte[]>
        {
            ["openstack/latest/meta_data.json"] = [.. MetaData.Select(c => (byte)c)],
        };
        if (UserData is { } script)
            files["openstack/latest/user_data"] = [.. script.Select(c => (byte)c)];
        await File.WriteAllBytesAsync(config, Iso9660.Write("config-2", files), ct);
        var began = bench.Time.GetTimestamp();
        try
        {
            await StartAsync(folder, config, ct);
            var started = bench.Time.GetElapsedTime(began).TotalSeconds;
            var server = new IPEndPoint(IPAddress.Loopback, bench.FreePort);
            await new SshProbe(Open, server, bench.Time).WaitAsync(ct);
            var ssh = bench.Time.GetElapsedTime(began).TotalSeconds;
            await use(folder);
            return (started, ssh);
        }
        finally
        {
            End(folder);
        }
    }

    private async Task StartAsync(string folder, string config, CancellationToken ct)
    {
        var disk = Path.Combine(folder, "root.qcow2");
        var image = Path.Combine(bench.Cloud.Data, "images", "micro.qcow2");
        await RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", image, "-F", "qcow2", disk, "1G"], ct);
        string[] arguments =
        [
            .. machine,
            .. (string[])["-nodefaults", "-display", "none", "-daemonize", "-pidfile", Path.Combine(folder, "pid")],
            .. (string[])["-drive", $"if=virtio,format=qcow2,file={disk}", "-device", "virtio-rng-pci"],
            .. (string[])["-drive", $"if=virtio,format=raw,readonly=on,file={config}"],
            .. (string[])["-netdev", $"user,id=n,hostfwd=tcp:127.0.0.1:{bench.FreePort}-:22"],
            .. (string[])["-device", "virtio-net-pci,netdev=n,romfile="],
            .. (string[])["-serial", $"file:{Path.Combine(folder, Console)}"],
            .. (string[])["-qmp", $"unix:{Path.Combine(folder, Monitor)},server=on,wait=off"],
        ];
        string[] inside = Space is null ? [] : ["ip", "netns", "exec", Space];
        string[] command = [.. inside, "qemu-system-x86_64", .. arguments];
        await RunAsync(command[0], command[1..], ct);
    }

    private Socket? Open() =>
        Space is null ? new(SocketType.Stream, ProtocolType.Tcp) : SpaceSocket.Open($"/run/netns/{Space}");

    private static async Task RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
            throw new IOException($"{program} ended with {process.ExitCode}");
    }

    private static void End(string folder)
    {
        if (File.Exists(Path.Combine(folder, "pid")))
        {
            using var process = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(folder, "pid"))));
            process.Kill();
            process.WaitForExit(5000);
        }
        Directory.Delete(folder, recursive: true);
    }
}
