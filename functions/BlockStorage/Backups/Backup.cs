namespace Pipeline.BlockStorage.Backups;

/// <summary>What a volume held, kept away from its backend. It outlives the volume.</summary>
internal sealed record Backup
{
    public BackupId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public UserId UserId { get; init; }
    public VolumeId VolumeId { get; init; }
    public SnapshotId? SnapshotId { get; init; }

    /// <summary>The backup whose blocks it stands on; null for a full one.</summary>
    public BackupId? ParentId { get; init; }

    /// <summary>The full one at the beginning of its chain.</summary>
    public BackupId RootId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }

    /// <summary>A word of its owner's; all lie in one place.</summary>
    public string Container { get; init; } = UsualContainer;
    public string Status { get; init; } = BackupStatus.Creating;
    public long SizeGib { get; init; }
    public string? FailReason { get; init; }

    /// <summary>The host that writes or reads its blocks now.</summary>
    public HostId? HostId { get; init; }
    public VolumeId? RestoreVolumeId { get; init; }

    /// <summary>The SHA-256 of the list of its blocks; null until it is whole.</summary>
    public string? Manifest { get; init; }
    public long Blocks { get; init; }
    public long StoredBytes { get; init; }

    /// <summary>When the volume held this.</summary>
    public DateTimeOffset DataAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public long Version { get; init; }

    /// <summary>How many stand on it, as the query counts them.</summary>
    public long Dependents { get; init; }

    /// <summary>Cinder's own default.</summary>
    public const string UsualContainer = "volumebackups";

    /// <summary>The name of its lock and fence.</summary>
    public static string ResourceOf(BackupId id) => $"backup/{id}";

    /// <summary>Cinder's 400 for a status that does not fit.</summary>
    public static Fault Wrong(string why) => Fault.BadRequest($"Invalid backup: {why}");
}

/// <summary>Cinder's words.</summary>
internal static class BackupStatus
{
    public const string Creating = "creating";
    public const string Available = "available";
    public const string Restoring = "restoring";
    public const string Deleting = "deleting";
    public const string Error = "error";
}
