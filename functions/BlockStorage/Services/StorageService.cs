using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Services;

/// <summary>A part of the service by the names under which operators' tools look for it.</summary>
/// <param name="Host">`host@backend`, for backups the host alone; the scheduler's is the control plane, which has it wherever it runs.</param>
/// <param name="Backend">Null for the scheduler, and for what makes backups.</param>
internal sealed record StorageService(
    string Binary,
    string Host,
    bool Enabled,
    bool Up,
    DateTimeOffset UpdatedAt,
    BackendRow? Backend
)
{
    public const string Volume = "cinder-volume";
    public const string Backup = "cinder-backup";
    public const string Scheduler = "cinder-scheduler";
    public const string ControlPlane = "control-plane";

    /// <summary>Its host's; the scheduler's is the cloud's own.</summary>
    public string Zone { get; init; } = VolumeZones.Own;

    public string Status => Enabled ? "enabled" : "disabled";

    /// <summary>Whether it takes new volumes.</summary>
    public bool Serves => Enabled && Up;

    /// <summary>The scheduler, each backend on its host, and the hosts that make backups.</summary>
    public static async ValueTask<IReadOnlyList<StorageService>> ListAsync(Tx tx, IHosts hosts, DateTimeOffset now)
    {
        var backends = await ListBackendServicesAsync(tx, hosts);
        return [SchedulerAt(now), .. backends, .. BackupsOf(backends)];
    }

    /// <summary>One for each backend that its host offers, or that holds volumes of it still.</summary>
    public static async ValueTask<IReadOnlyList<StorageService>> ListBackendServicesAsync(Tx tx, IHosts hosts)
    {
        var up = (await hosts.ListAsync(tx)).Where(host => host.IsUp).Select(host => host.Id).ToHashSet();
        return
        [
            .. (await tx.ListBackendsAsync())
                .Where(row => row.Offered || row.Volumes > 0)
                .Select(row => new StorageService(
                    Volume,
                    row.Service,
                    row.Enabled,
                    row.Offered && up.Contains(row.HostId),
                    row.UpdatedAt,
                    row
                )
                {
                    Zone = row.Zone,
                }),
        ];
    }

    /// <summary>Every storage host makes backups of what lies on it, whatever takes new volumes there.</summary>
    private static IEnumerable<StorageService> BackupsOf(IReadOnlyList<StorageService> backends) =>
        backends
            .GroupBy(one => one.Backend!.HostName)
            .Select(host => new StorageService(
                Backup,
                host.Key,
                true,
                host.Any(one => one.Up),
                host.Max(one => one.UpdatedAt),
                null
            )
            {
                Zone = host.First().Zone,
            });

    /// <summary>The scheduler is where this is asked, so it is up and was a moment ago.</summary>
    private static StorageService SchedulerAt(DateTimeOffset now) =>
        new(Scheduler, ControlPlane, true, true, now, null);
}
