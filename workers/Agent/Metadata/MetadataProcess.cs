using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Pipeline.Drivers;

namespace Pipeline.Agent.Metadata;

/// <summary>
/// The metadata service's process: the agent's own program in another mode, in a session of its own, so that it outlives
/// the agent. It is started when it does not run and when it is another build than the agent.
/// </summary>
internal sealed class MetadataProcess(MetadataFolder folder, string data, Command command, TimeProvider time)
{
    public const string Mode = "metadata";

    // The window-change signal is ignored by default: it does not end a process that is not listening to it yet.
    private const int LookSignal = 28; // SIGWINCH
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    // Small on purpose: it waits most of its life, and there is one on every host.
    private static readonly string[] Thrift =
    [
        "DOTNET_gcConcurrent=0",
        "DOTNET_GCHeapHardLimit=0x4000000",
        "DOTNET_GCConserveMemory=9",
        "DOTNET_TieredPGO=0",
        "DOTNET_EnableDiagnostics=0",
    ];

    // The runtime keeps copies of the streams it is born with, so they are changed before: whoever starts the service
    // must neither wait for its output nor take it along. It appends, so that its log can be emptied in place.
    private const string Detach = """
        : > "$0"; exec "$@" < /dev/null >> "$0" 2>&1
        """;

    private readonly Daemon _daemon = new(folder.PidFile, arguments => IsIt(arguments, data), time);

    private static string Build { get; } = typeof(MetadataProcess).Module.ModuleVersionId.ToString("N");

    /// <summary>Has the service look at its folder, and waits until it listens in the network.</summary>
    /// <exception cref="Fault">Unavailable when it does not within 15 s; its log says why.</exception>
    public async Task ListenAsync(NetworkId network, CancellationToken ct)
    {
        await EnsureAsync(ct);
        var start = time.GetTimestamp();
        while (!IsListening(network))
        {
            if (time.GetElapsedTime(start) > StartLimit)
                throw new Fault(FaultCode.Unavailable, $"the metadata service does not listen: see {folder.LogFile}");
            await Task.Delay(Poll, time, ct);
        }
    }

    /// <summary>Whether it runs, as far as its pid file says.</summary>
    public bool IsNoted => _daemon.IsNoted;

    /// <summary>Starts the service, or has the running one look at its folder.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        var running = _daemon.Find();
        if (running is not null && !running.Contains(Build))
            await StopAsync(ct);
        SafeFile.MakeFolder(folder.Path);
        if (!_daemon.Signal(LookSignal))
            await command.RunAsync(StartOf(data), ct);
    }

    /// <summary>Has a running service look at its folder; without one there is nothing to do.</summary>
    public void Ring() => _daemon.Signal(LookSignal);

    public Task StopAsync(CancellationToken ct) => _daemon.StopAsync(ct);

    /// <summary>How the service is started: forked away from whoever starts it.</summary>
    public static Invocation StartOf(string data)
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var program = Path.Combine(AppContext.BaseDirectory, Assembly.GetExecutingAssembly().GetName().Name!);
        string[] arguments = [program, Mode, "--data", data, "--build", Build];
        string[] detached = ["--fork", "sh", "-c", Detach, new MetadataFolder(data).LogFile];
        return new Invocation("setsid", [.. detached, "env", $"DOTNET_ROOT={root}", .. Thrift, .. arguments]);
    }

    // The first argument differs with the way a program is started; what follows the mode does not.
    private static bool IsIt(IReadOnlyList<string> arguments, string data) =>
        arguments is [.., Mode, "--data", var theirs, "--build", _] && theirs == data;

    private bool IsListening(NetworkId network)
    {
        if (!File.Exists(folder.ListeningFile) || _daemon.FindId() is not { } id)
            return false;
        var lines = File.ReadAllLines(folder.ListeningFile);
        return lines.Length > 0
            && lines[0] == id.ToString(CultureInfo.InvariantCulture)
            && lines.Contains($"{network}");
    }
}
