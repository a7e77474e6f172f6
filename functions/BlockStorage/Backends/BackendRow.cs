using System.Text.Json;
using Pipeline.BlockStorage.Zones;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.BlockStorage.Backends;

/// <summary>A place for volumes, as its host has told of it and an operator has left it.</summary>
internal sealed record BackendRow
{
    private const string Thin = "thin_provisioning_support";
    private const string Thick = "thick_provisioning_support";

    public HostId HostId { get; init; }
    public string Name { get; init; } = "";
    public string HostName { get; init; } = "";
    public string Driver { get; init; } = "";
    public string Report { get; init; } = "{}";
    public bool Offered { get; init; } = true;
    public bool Enabled { get; init; } = true;
    public string? DisabledReason { get; init; }
    public long ProvisionedGib { get; init; }
    public long Volumes { get; init; }

    /// <summary>Its host's.</summary>
    public string Zone { get; init; } = VolumeZones.Own;
    public DateTimeOffset UpdatedAt { get; init; }

    public BackendPlace Place => new(HostId, Name);

    /// <summary>Cinder's name of the service: `host@backend`.</summary>
    public string Service => $"{HostName}@{Name}";

    /// <summary>Cinder's name of the pool, of which each backend has one: `host@backend#backend`.</summary>
    public string Pool => PoolOf(HostName, Name);

    public BackendReport Told => JsonSerializer.Deserialize(Report, BlockStorageJson.Default.BackendReport)!;

    public static string PoolOf(string host, string backend) => $"{host}@{backend}#{backend}";

    /// <summary>GiB that may be promised in all; <see cref="long.MaxValue"/> where the backend knows no end.</summary>
    public static long MostOf(BackendReport told)
    {
        if (told.Statistics.Total.Gib is not { } total)
            return long.MaxValue;
        var usable = total * (100 - told.ReservedPercentage) / 100;
        return (long)(IsThin(told) ? usable * told.MaxOversubscription : usable);
    }

    public static bool IsThin(BackendReport told) => told.Statistics.Capabilities.GetValueOrDefault(Thin);

    /// <summary>What it can, as it told; what is not thin is thick.</summary>
    public static IReadOnlyDictionary<string, bool> AbilitiesOf(BackendReport told) =>
        told.Statistics.Capabilities.ContainsKey(Thick)
            ? told.Statistics.Capabilities
            : new Dictionary<string, bool>(told.Statistics.Capabilities) { [Thick] = !IsThin(told) };
}
