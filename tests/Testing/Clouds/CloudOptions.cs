using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Identity;

namespace Pipeline.Testing.Clouds;

/// <summary>What a test cloud is made of.</summary>
public sealed record CloudOptions(int FunctionsHosts = 1, int Hosts = 1)
{
    public HostInventory Inventory { get; init; } =
        new(
            16,
            16_384,
            200,
            "fake",
            new SortedDictionary<string, string> { [HostFactNames.StorageAddress] = "192.0.2.1" }
        )
        {
            Backends = [new("local", "fake", 0, 1, LocalStatistics)],
        };

    /// <summary>One host that keeps volumes in two places.</summary>
    public static CloudOptions TwoBackends { get; } = WithBackends("local", "other");

    private static CloudOptions WithBackends(params string[] names)
    {
        var options = new CloudOptions();
        return options with
        {
            Inventory = options.Inventory with
            {
                Backends = [.. names.Select(n => new BackendReport(n, "fake", 0, 1, LocalStatistics))],
            },
        };
    }

    /// <summary>Where volumes lie without metal: 1000 GiB a host.</summary>
    private static VolumeStatistics LocalStatistics =>
        new(
            "1",
            "Pipeline",
            "fake",
            new(1000),
            new(1000),
            new SortedDictionary<string, bool> { ["snapshot_revert_support"] = true }
        );

    /// <summary>Which folder of backups each host has, by the host's name and counted from 1; null where none.</summary>
    public Func<string, int?> BackupFolder { get; init; } = _ => null;

    /// <summary>How long a process that a fault plan killed stays away.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>True: functions hosts hold leases, and each reaches the store in its own way; false: each has the store to itself.</summary>
    public bool Shared { get; init; }

    /// <summary>How far each functions host's clock is ahead of the store's; none are exact.</summary>
    public IReadOnlyList<TimeSpan> Skews { get; init; } = [];

    public Func<IdentityOptions, IdentityOptions> Identity { get; init; } = options => options;

    /// <summary>True also logs the name of everything that runs.</summary>
    public bool LogsSteps { get; init; }
}
