using Pipeline.BlockStorage.Volumes;
using Pipeline.BlockStorage.Zones;

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

    /// <summary>The folder in which it lies; null for the cloud's store.</summary>
    public BackupFolderId? FolderId { get; init; }

    /// <summary>A word of its owner's, or for where it lies.</summary>
    public string Container { get; init; } = UsualContainer;

    /// <summary>In which it was made.</summary>
    public string Zone { get; init; } = VolumeZones.Own;
    public string Status { get; init; } = BackupStatus.Creating;
    public long SizeGib { get; init; }
    public string Metadata { get; init; } = "{}";

    /// <summary>What the volume was when it was taken, and what it remembered of its image: so is what is restored of it.</summary>
    public bool Bootable { get; init; }
    public string ImageMetadata { get; init; } = "{}";
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

    /// <summary>The volume as what is restored to it makes it: bootable where that was, with what it knew of its image.</summary>
    public Volume Remind(Volume volume) =>
        volume with
        {
            Bootable = volume.Bootable || Bootable,
            ImageMetadata = ImageMetadata == "{}" ? volume.ImageMetadata : ImageMetadata,
        };

    /// <summary>The cloud's store; Cinder's own default.</summary>
    public const string UsualContainer = "volumebackups";

    /// <summary>The folder of the volume's host.</summary>
    public const string FolderContainer = "files";

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
