using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A network's DHCP and name server: one dnsmasq in its namespace, which outlives the agent.</summary>
internal sealed class Dnsmasq(LinuxBridgeOptions options, Command command, TimeProvider time)
{
    private const int SigHup = 1;
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Passable =
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>
    /// Starts the server, or has the running one read its guests again. It starts anew when its configuration changed, and
    /// when a guest went: it would keep the lease, and refuse the address to the next one.
    /// </summary>
    public async Task EnsureAsync(HostNetwork network, IReadOnlyList<FilteredPort> ports, CancellationToken ct)
    {
        if (!DhcpConfig.IsNeeded(network))
        {
            await RemoveAsync(network.Id, ct);
            return;
        }
        var folder = Folder(network.Id);
        foreach (var part in Parts(folder))
            MakePassable(part);
        var domain = DhcpConfig.DomainOf(network, options.Domain);
        var config = DhcpConfig.Render(network, folder, domain);
        var path = Path.Combine(folder, $"dnsmasq-{Hash(config)}.conf");
        var guests = DhcpConfig.Guests(network, ports);
        var known = await ReadAsync(Path.Combine(folder, "known"), ct);
        var told = DhcpConfig.Options(ports);
        var toldBefore = await ReadAsync(Path.Combine(folder, "options"), ct);
        var running = Server(network.Id).Find();
        // dnsmasq 2.90 dies when it reads options of single guests again, so where there are any it starts anew.
        var rereads = told.Count + toldBefore.Length == 0;
        var same = told.SequenceEqual(toldBefore) && guests.SequenceEqual(known);
        var goesOn = running?.Contains(Option(path)) is true && (rereads ? known.All(guests.Contains) : same);
        if (!goesOn)
            await Server(network.Id).StopAsync(ct);
        await WriteAsync(Path.Combine(folder, "known"), guests, ct);
        await WriteAsync(Path.Combine(folder, "names"), DhcpConfig.HostNames(network, ports, domain), ct);
        await WriteAsync(Path.Combine(folder, "options"), told, ct);
        await WriteAsync(Path.Combine(folder, "guests"), guests, ct);
        if (goesOn && !rereads)
            return;
        if (!goesOn || !Server(network.Id).Signal(SigHup))
            await StartAsync(network.Id, path, config, ct);
    }

    /// <summary>Absent is success.</summary>
    public async Task RemoveAsync(NetworkId id, CancellationToken ct)
    {
        await Server(id).StopAsync(ct);
        SafeFile.RemoveFolder(Folder(id));
    }

    private async Task StartAsync(NetworkId id, string path, string config, CancellationToken ct)
    {
        foreach (var old in Directory.EnumerateFiles(Folder(id), "dnsmasq-*.conf"))
            File.Delete(old);
        await WriteAsync(path, [config], ct);
        var start = new Invocation("nsenter", [$"--net={options.Spaces.PathOf(id)}", "dnsmasq", Option(path)])
        {
            Name = "dnsmasq",
        };
        await command.RunAsync(start, ct);
    }

    private Daemon Server(NetworkId id)
    {
        var prefix = Option(Path.Combine(Folder(id), "dnsmasq-"));
        return new Daemon(
            Path.Combine(Folder(id), "dnsmasq.pid"),
            arguments => arguments.Any(argument => argument.StartsWith(prefix, StringComparison.Ordinal)),
            time
        );
    }

    // The configuration's hash is part of its name, so a running server says itself which one it has read.
    private static string Option(string path) => $"--conf-file={path}";

    private static string Hash(string config) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(config)))[..12];

    private string Folder(NetworkId id) => Path.Combine(options.Run, options.Cloud, options.Host ?? "", id.ToString());

    /// <summary>The folders down to the network's, those above first.</summary>
    private IEnumerable<string> Parts(string folder) =>
        folder == options.Run ? [folder] : [.. Parts(Path.GetDirectoryName(folder)!), folder];

    private static async Task<string[]> ReadAsync(string path, CancellationToken ct) =>
        File.Exists(path) ? await File.ReadAllLinesAsync(path, ct) : [];

    // It reads its files when it has long given up root, so they are for all to read; they hold no secret.
    private static Task WriteAsync(string path, IEnumerable<string> lines, CancellationToken ct) =>
        SafeFile.WriteAsync(
            path,
            Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))),
            ct,
            Readable
        );

    private static void MakePassable(string folder)
    {
        if (Directory.Exists(folder))
            return;
        SafeFile.MakeFolder(folder);
        File.SetUnixFileMode(folder, Passable);
    }
}
