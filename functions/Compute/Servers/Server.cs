using System.Text.Json;
using Pipeline.Compute.Flavors;

namespace Pipeline.Compute.Servers;

/// <summary>The tenant's resource: its record and its status. The running machine is its guest, on a host.</summary>
internal sealed record Server
{
    public ServerId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public UserId UserId { get; init; }
    public string Name { get; init; } = "";
    public string Status { get; init; } = ServerStatus.Build;
    public string? TaskState { get; init; }
    public string VmState { get; init; } = "building";
    public int PowerState { get; init; }
    public ImageId ImageId { get; init; }

    /// <summary>Then its image is the one that the volume was made of, if any.</summary>
    public bool BootsFromVolume { get; init; }
    public string Flavor { get; init; } = "";
    public string? KeyName { get; init; }
    public string Metadata { get; init; } = "{}";
    public bool ConfigDrive { get; init; }
    public string AvailabilityZone { get; init; } = "nova";
    public string SecurityGroups { get; init; } = "[]";
    public string DiskConfig { get; init; } = "MANUAL";
    public string AccessIpv4 { get; init; } = "";
    public string AccessIpv6 { get; init; } = "";
    public HostId? HostId { get; init; }
    public string? HostName { get; init; }
    public string? Fault { get; init; }
    public DateTimeOffset? FaultAt { get; init; }
    public string ReservationId { get; init; } = "";
    public long Number { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? LaunchedAt { get; init; }
    public long Version { get; init; }

    /// <summary>`owner` or `admin`; null when it is not locked.</summary>
    public string? LockedBy { get; init; }

    public FlavorSpec Spec => SpecOf(Flavor);

    /// <param name="flavor">As a server's row has it.</param>
    public static FlavorSpec SpecOf(string flavor) =>
        JsonSerializer.Deserialize(flavor, ComputeJson.Default.FlavorSpec)!;

    public List<string> GroupNames => JsonSerializer.Deserialize(SecurityGroups, ComputeJson.Default.ListString) ?? [];

    /// <summary>Its metadata, as a dictionary of the caller's own.</summary>
    public Dictionary<string, string> Meta =>
        JsonSerializer.Deserialize(Metadata, ComputeJson.Default.DictionaryStringString) ?? [];

    /// <summary>The name of its lock and fence.</summary>
    public static string ResourceOf(ServerId id) => $"server/{id}";
}

/// <summary>Nova's status words.</summary>
internal static class ServerStatus
{
    public const string Build = "BUILD";
    public const string Active = "ACTIVE";
    public const string Shutoff = "SHUTOFF";
    public const string Reboot = "REBOOT";
    public const string HardReboot = "HARD_REBOOT";
    public const string Error = "ERROR";
    public const string Deleted = "DELETED";

    /// <summary>All that a list may be filtered by.</summary>
    public static readonly string[] Known =
    [
        Build,
        Active,
        Shutoff,
        Reboot,
        HardReboot,
        Error,
        Deleted,
        "PAUSED",
        "SUSPENDED",
        "RESIZE",
        "VERIFY_RESIZE",
        "RESCUE",
        "SHELVED",
        "SHELVED_OFFLOADED",
        "SOFT_DELETED",
        "MIGRATING",
        "PASSWORD",
        "REBUILD",
        "REVERT_RESIZE",
        "UNKNOWN",
    ];
}

/// <summary>Nova's numbers of the power states.</summary>
internal static class PowerState
{
    public const int NoState = 0;
    public const int Running = 1;
    public const int Shutdown = 4;
}
