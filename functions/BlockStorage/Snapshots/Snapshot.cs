using Pipeline.BlockStorage.Volumes;

namespace Pipeline.BlockStorage.Snapshots;

/// <summary>What a volume held at a point in time.</summary>
internal sealed record Snapshot
{
    public SnapshotId Id { get; init; }
    public VolumeId VolumeId { get; init; }
    public ProjectId ProjectId { get; init; }
    public UserId UserId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string Status { get; init; } = SnapshotStatus.Creating;
    public long SizeGib { get; init; }
    public VolumeTypeId VolumeTypeId { get; init; }
    public string Metadata { get; init; } = "{}";
    public string? Fault { get; init; }

    /// <summary>How far it is, as an operator said while it was made or deleted; null for what its status says.</summary>
    public string? Progress { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public long Version { get; init; }

    public Dictionary<string, string> Meta => Volume.PairsOf(Metadata);

    /// <summary>What it shows when something has been done to it: that it is being deleted, once it is.</summary>
    public string Becoming(string status) => Status == SnapshotStatus.Deleting ? Status : status;

    /// <summary>The name of its lock and fence.</summary>
    public static string ResourceOf(SnapshotId id) => $"snapshot/{id}";
}

/// <summary>Cinder's words.</summary>
internal static class SnapshotStatus
{
    public const string Creating = "creating";
    public const string Available = "available";
    public const string Deleting = "deleting";
    public const string Error = "error";
    public const string ErrorDeleting = "error_deleting";
    public const string BackingUp = "backing-up";

    /// <summary>Its volume goes back to it.</summary>
    public const string Restoring = "restoring";

    /// <summary>In which a snapshot may be deleted by its owner; one that is being taken is cancelled.</summary>
    public static bool IsDeletable(string status) => status is Available or Error or Creating or ErrorDeleting;

    /// <summary>What an operator may have shown.</summary>
    public static readonly string[] Settable = [Creating, Available, Deleting, Error, ErrorDeleting];
}
