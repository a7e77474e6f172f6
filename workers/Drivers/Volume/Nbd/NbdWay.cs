using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume.Nbd;

/// <summary>One nbdkit for each attachment, on a port of its own; it outlives the agent, and is known by its pid file's name.</summary>
/// <remarks>
/// QEMU's own server sends small answers late over TCP. nbdkit's filter of addresses is of no use as Debian 12 builds it (it
/// knows no address), so the kernel's guards the ports.
/// </remarks>
internal sealed class NbdWay(
    NbdOptions options,
    VolumeFolders folders,
    PortGuard guard,
    Command command,
    TimeProvider time
) : IVolumeWay
{
    private readonly Turns<string> _turns = new(); // ports and their guard are shared by all volumes
    private readonly HashSet<int> _planned = [];

    public string Protocol => "nbd";

    public bool IsShared => true;

    // A connection has the size that the volume had when it was made: who has it open connects again.
    public bool GrowsWhileOpen => true;

    public async Task<string?> ProblemAsync(CancellationToken ct) =>
        Command.Find(options.Binary) is null
            ? $"{options.Binary} is not installed: apt-get install nbdkit"
            : VolumeRules.ProblemOf(options.Address) ?? await guard.ProblemAsync(ct);

    public async Task<ExportRecord> PlanAsync(ExportSpec spec, CancellationToken ct)
    {
        VolumeRules.AddressOf(spec.Connector, options.Address);
        using var turn = await _turns.TakeAsync("ports", ct);
        var port = FreePort();
        _planned.Add(port);
        return new ExportRecord(spec, port);
    }

    public async Task OpenAsync(ExportRecord record, VolumeFile file, CancellationToken ct)
    {
        var runs = ServerOf(record).Find() is not null;
        if (!runs || !guard.Has(record))
            await GuardAsync(gone: null, ct);
        if (runs)
            return;
        string[] mode = record.Spec.IsReadOnly ? ["--readonly"] : [];
        string[] arguments =
        [
            $"--ipaddr={options.Address}",
            $"--port={Text(record)}",
            $"--pidfile={PidFile(record)}",
            $"--exportname={record.Spec.Attachment}",
            .. mode,
            "file",
            $"file={file.Path}",
        ];
        await command.RunAsync(new(options.Binary, arguments), ct);
    }

    public async Task CloseAsync(ExportRecord record, VolumeFile? file, CancellationToken ct)
    {
        await ServerOf(record).StopAsync(ct);
        File.Delete(PidFile(record));
        await GuardAsync(gone: record, ct);
    }

    public VolumeConnection Describe(ExportRecord record, VolumeFile file) =>
        new(
            "nbd",
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = options.Address,
                ["port"] = Text(record),
                ["export"] = $"{record.Spec.Attachment}",
            }
        );

    private async Task GuardAsync(ExportRecord? gone, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("ports", ct);
        ExportRecord[] records = [.. folders.ListExports().Where(record => record != gone)];
        await guard.SetAsync(records, ct);
        _planned.ExceptWith(records.Select(record => record.Port ?? 0)); // their files have them now
    }

    private int FreePort()
    {
        var taken = folders.ListExports().Select(record => record.Port ?? 0).Concat(_planned).ToHashSet();
        for (var port = options.FirstPort; port <= options.LastPort; port++)
            if (!taken.Contains(port) && IsFree(port))
                return port;
        throw new Fault(
            FaultCode.DriverFailed,
            $"no port is free between {options.FirstPort} and {options.LastPort} on {options.Address}"
        );
    }

    private bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Parse(options.Address), port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Daemon ServerOf(ExportRecord record) =>
        new(PidFile(record), arguments => arguments.Contains($"--pidfile={PidFile(record)}"), time);

    private string PidFile(ExportRecord record) =>
        Path.Combine(folders.Of(record.Spec.Volume), "exports", $"{record.Spec.Attachment}.pid");

    private static string Text(ExportRecord record) => record.Port!.Value.ToString(CultureInfo.InvariantCulture);
}
