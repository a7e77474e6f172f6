using System.Net;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Drivers.Volume.Iscsi;
using Pipeline.Drivers.Volume.Nbd;
using Pipeline.Drivers.Volume.Nfs;
using Pipeline.Drivers.Volume.Pool;
using Pipeline.Drivers.Volume.Qcow2;

namespace Pipeline.Agent.Edge;

/// <summary>A volume backend as the agent's command line names it.</summary>
/// <param name="Folder">Where its volumes lie; null for `volumes/{name}` of the agent's own folder.</param>
internal sealed record BackendOptions(string Name, string Driver, string? Folder)
{
    /// <summary>Cinder's default: how often thin room is promised.</summary>
    private const double Oversubscription = 20;

    /// <summary>The name of the backend that a storage host has when its operator names none.</summary>
    public static BackendOptions Local { get; } = new("local", "file", null);

    private static readonly string[] Drivers = ["file", "pool", "nbd", "iscsi", "nfs"];
    private static readonly string[] Remote = ["nbd", "iscsi", "nfs"];

    /// <summary>`NAME=DRIVER` or `NAME=DRIVER:FOLDER`.</summary>
    /// <exception cref="Fault">BadRequest.</exception>
    public static BackendOptions Parse(string text) =>
        text.Split('=', 2) is [{ Length: > 0 and <= 63 } name, var rest]
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && rest.Split(':', 2) is [var driver, ..] parts
        && Drivers.Contains(driver)
            ? new(name, driver, parts.Length > 1 ? Path.GetFullPath(parts[1]) : null)
            : throw Fault.BadRequest(
                $"--volume-backend '{text}' is not like local=file or fast=pool:/srv/volumes, with a driver of {string.Join(", ", Drivers)}"
            );

    /// <summary>What serves other hosts has to know where they find it.</summary>
    /// <exception cref="Fault">BadRequest.</exception>
    public static void Check(IReadOnlyList<BackendOptions> backends, string? address)
    {
        if (backends.GroupBy(b => b.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Fault.BadRequest($"--volume-backend names '{twice.Key}' twice");
        if (address is null && backends.FirstOrDefault(b => Remote.Contains(b.Driver)) is { } remote)
            throw Fault.BadRequest(
                $"the volume backend '{remote.Name}' needs a --storage-address: other hosts reach it there"
            );
    }

    public static string AddressOf(string text) =>
        IPAddress.TryParse(text, out var address) && $"{address}" == text
            ? text
            : throw Fault.BadRequest($"--storage-address '{text}' is not an IP address");

    public IVolumeDriver Make(AgentOptions options, string cloud, Command command, TimeProvider time)
    {
        var volumes = new VolumeOptions(Folder ?? Path.Combine(options.Data, "volumes", Name), cloud);
        var address = options.StorageAddress ?? "";
        return Driver switch
        {
            "pool" => new PoolVolumeDriver(volumes, command),
            "nbd" => new NbdVolumeDriver(volumes, new(address), command, time),
            "nfs" => new NfsVolumeDriver(volumes, new(address), command, time),
            "iscsi" => new IscsiVolumeDriver(volumes, new(address), command, time),
            _ => new Qcow2VolumeDriver(volumes, command),
        };
    }

    /// <exception cref="Fault">Unavailable when the driver lacks a part of the minimum.</exception>
    public static void RequireMinimum(IVolumeDriver driver)
    {
        string?[] lacking =
        [
            driver is IVolumeSnapshots ? null : nameof(IVolumeSnapshots),
            driver is IVolumeContent ? null : nameof(IVolumeContent),
            driver is IVolumeExports ? null : nameof(IVolumeExports),
        ];
        if (lacking.Any(part => part is not null))
            throw new Fault(
                FaultCode.Unavailable,
                $"the volume driver '{driver.Name}' lacks {string.Join(", ", lacking.Where(part => part is not null))}"
            );
    }

    /// <summary>What the control plane is told of the backends.</summary>
    public static async Task<IReadOnlyList<BackendReport>> ReportAsync(
        IReadOnlyDictionary<string, IVolumeDriver> backends,
        CancellationToken ct
    )
    {
        var reports = new List<BackendReport>();
        foreach (var (name, driver) in backends)
            reports.Add(new(name, driver.Name, 0, Oversubscription, await driver.ReadStatisticsAsync(ct)));
        return reports;
    }
}
