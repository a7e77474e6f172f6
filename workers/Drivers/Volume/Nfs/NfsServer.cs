using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Contracts;

namespace Pipeline.Drivers.Volume.Nfs;

/// <summary>
/// The nfs-ganesha of this backend, and the portmapper that clients ask for it. It is started with the first attachment and
/// outlives the agent. Who has a volume open knows nothing of a server that is started anew: NFS 3 keeps no state, and clients
/// ask again until they are answered.
/// </summary>
internal sealed partial class NfsServer(VolumeOptions volumes, NfsOptions options, Command command, TimeProvider time)
{
    private const int Hangup = 1;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    // Its socket and its lock have one path on a machine: in /run of its own it is in nobody's way.
    private const string Mapper = "mount -t tmpfs tmpfs /run && mkdir /run/rpcbind && exec rpcbind -w -h \"$1\"";

    // It listens at 127.0.0.1 of itself, and breaks when it is told so (rpcbind 1.2.6).
    private string MapperAddress =>
        IPAddress.TryParse(options.Address, out var at) && IPAddress.IsLoopback(at) ? "127.0.0.2" : options.Address;

    private const string Kind = "nfs";

    private readonly string _folder = volumes.RunOf(options.Run, Kind);

    public bool Runs => Server.IsNoted;

    private Daemon Server => new(In("ganesha.pid"), arguments => arguments.Contains(In("ganesha.conf")), time);

    public static string? Problem =>
        Command.Find("ganesha.nfsd") is null || !HasFileSystems
            ? "nfs-ganesha is not installed: apt-get install nfs-ganesha nfs-ganesha-vfs"
        : Command.Find("rpcbind") is null ? "rpcbind is not installed: apt-get install rpcbind"
        : null;

    private static bool HasFileSystems =>
        Directory
            .EnumerateDirectories("/usr/lib")
            .Any(path => File.Exists(Path.Combine(path, "ganesha/libfsalvfs.so")));

    /// <summary>Has it serve these and no others; returns when it does.</summary>
    /// <exception cref="Fault">DriverFailed in its words.</exception>
    public async Task ServeAsync(IReadOnlyCollection<NfsExport> exports, CancellationToken ct)
    {
        var config = NfsExport.Render(options.Address, exports);
        volumes.MakeRun(options.Run, Kind);
        if (await EnsureMapperAsync(ct))
            await Server.StopAsync(ct); // the new one knows nothing of it
        if (Runs && await ReadAsync("served", ct) == config)
            return;
        File.Delete(In("served"));
        await WriteAsync("ganesha.conf", config, ct);
        if (!await TryReloadAsync(ct))
            await StartAsync(ct);
        await WriteAsync("served", config, ct);
    }

    /// <summary>The sure way to have it let go of all that it has open.</summary>
    public Task RestartAsync(CancellationToken ct) => StartAsync(ct);

    /// <returns>Whether it has the file open, after it was given a while to finish what it had begun.</returns>
    public async Task<bool> KeepsOpenAsync(string[] paths, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (Server.FindId() is { } id && paths.Any(path => OpenFiles.IsHeldBy(id, path)))
        {
            if (time.GetElapsedTime(start) >= TimeSpan.FromSeconds(1))
                return true;
            await Task.Delay(Look, time, ct);
        }
        return false;
    }

    /// <summary>What it said of an export that it does not serve.</summary>
    public async Task<string?> RefusalAsync(string share, CancellationToken ct)
    {
        if (
            await ReadAsync("ganesha.log", ct) is not { } log
            || !log.Contains($"Could not create export for ({share})")
        )
            return null;
        var lines = log.Split('\n').Where(line => line.Contains(":FSAL :CRIT :"));
        return lines.Select(line => line[(line.LastIndexOf(" :", StringComparison.Ordinal) + 2)..]).FirstOrDefault()
            ?? "";
    }

    private async Task<bool> TryReloadAsync(CancellationToken ct)
    {
        if (!Runs)
            return false;
        File.Delete(In("ganesha.log")); // it opens it for each line
        Server.Signal(Hangup);
        return await SaysAsync("Reread exports complete", ct);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        await Server.StopAsync(ct);
        File.Delete(In("ganesha.log"));
        string[] arguments = ["-f", In("ganesha.conf"), "-L", In("ganesha.log"), "-p", In("ganesha.pid")];
        await command.RunAsync(Inside("ganesha.nfsd", arguments), ct);
        if (await SaysAsync("NFS SERVER INITIALIZED", ct))
            return;
        var said = (await ReadAsync("ganesha.log", ct) ?? "")
            .Split('\n')
            .LastOrDefault(line => line.Contains(":CRIT :"));
        await Server.StopAsync(ct);
        throw new Fault(
            FaultCode.DriverFailed,
            $"ganesha.nfsd cannot serve {options.Address}, its ports may be taken: {said?.Trim()}"
        );
    }

    private async Task<bool> SaysAsync(string words, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < Limit)
        {
            if (await ReadAsync("ganesha.log", ct) is { } log)
            {
                if (log.Contains(words))
                    return true;
                if (log.Contains(":FATAL :"))
                    return false;
            }
            await Task.Delay(Look, time, ct);
        }
        return false;
    }

    /// <returns>Whether there was none.</returns>
    private async Task<bool> EnsureMapperAsync(CancellationToken ct)
    {
        if (await MapperAsync(ct) is not null)
            return false;
        string[] arguments = ["--mount", "sh", "-c", Mapper, "rpcbind", MapperAddress];
        await command.RunAsync(Inside("unshare", arguments) with { Name = "rpcbind" }, ct);
        var start = time.GetTimestamp();
        string? listens;
        while ((listens = await MapperAsync(ct)) is null)
        {
            if (time.GetElapsedTime(start) >= Limit)
                throw new Fault(FaultCode.DriverFailed, "rpcbind was started and does not answer");
            await Task.Delay(Look, time, ct);
        }
        if (Number().Match(listens) is { Success: true } match)
            await WriteAsync("rpcbind.pid", $"{match.Groups["id"].Value}\n", ct); // for whoever takes the cloud away
        return true;
    }

    /// <returns>Who listens on its port; null for nobody.</returns>
    private async Task<string?> MapperAsync(CancellationToken ct) =>
        await command.RunAsync(Inside("ss", ["-Hltnp", "sport = :111"]), ct) is { Length: > 0 } said ? said : null;

    private Invocation Inside(string program, string[] arguments) =>
        options.Namespace is { } space
            ? new("ip", ["netns", "exec", space, program, .. arguments]) { Name = program }
            : new(program, arguments);

    private Task WriteAsync(string name, string text, CancellationToken ct) =>
        SafeFile.WriteAsync(In(name), Encoding.UTF8.GetBytes(text), ct);

    private async Task<string?> ReadAsync(string name, CancellationToken ct) =>
        File.Exists(In(name)) ? await File.ReadAllTextAsync(In(name), ct) : null;

    private string In(string name) => Path.Combine(_folder, name);

    [GeneratedRegex(@"\(""rpcbind"",pid=(?<id>\d+),", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
