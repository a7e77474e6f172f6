using Pipeline.Data;

namespace Pipeline.Contracts.Hosts;

/// <summary>Claim interface of each service that keeps something of what hosts tell of themselves.</summary>
public interface IHostReports
{
    /// <summary>A host has told its inventory, at its start or after a reconnect; often it is the same as before.</summary>
    ValueTask HeardAsync(Tx tx, HostReport report);
}

/// <param name="Name">The host's name, which an agent gives when it joins.</param>
public sealed record HostReport(HostId Host, string Name, HostInventory Inventory);

/// <summary>Facts that agents tell whatever their drivers are; a driver's own begin with its name.</summary>
public static class HostFactNames
{
    /// <summary>The address under which other hosts reach this one's tunnels; absent where there is none.</summary>
    public const string Underlay = "underlay";

    /// <summary>The address from which the host reaches volumes of others, where that is not the underlay's.</summary>
    public const string StorageAddress = "storage_address";

    /// <summary>The host's iSCSI name; absent where it has none of its own.</summary>
    public const string Initiator = "iscsi_initiator";

    /// <summary>The id of the folder in which the host keeps backups of its volumes; absent where it has none.</summary>
    public const string BackupFolder = "backup_folder";

    /// <summary>What the host is for, separated by commas: `compute`, `network`, `storage`.</summary>
    public const string Roles = "roles";

    /// <summary>The availability zone of what networks have on the host; absent for the cloud's own.</summary>
    public const string Zone = "availability_zone";

    /// <summary>The name of the host's network driver.</summary>
    public const string NetworkDriver = "network_driver";

    /// <summary>After a network driver's name: the types of segment that it can carry here, separated by commas.</summary>
    public const string Segments = ".segments";

    /// <summary>After a network driver's name: <see cref="Carried"/> where guests may have trunks, else why not.</summary>
    public const string Trunks = ".trunks";

    public const string Carried = "carried";

    public const string Compute = "compute";
    public const string Network = "network";
    public const string Storage = "storage";

    /// <summary>Whether a host takes a part; one that names no roles takes every part.</summary>
    public static bool Takes(IReadOnlyDictionary<string, string> facts, string role) =>
        !facts.TryGetValue(Roles, out var roles) || roles.Split(',').Contains(role);
}
