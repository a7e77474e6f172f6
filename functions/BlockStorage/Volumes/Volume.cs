using System.Text.Json;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Zones;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>The tenant's disk: its record and its status. Where its blocks lie is its backend's matter.</summary>
internal sealed record Volume
{
    public VolumeId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public UserId UserId { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string Status { get; init; } = VolumeStatus.Creating;

    /// <summary>What it goes back to when what is done to it is over.</summary>
    public string? PreviousStatus { get; init; }
    public long SizeGib { get; init; }
    public VolumeTypeId VolumeTypeId { get; init; }

    /// <summary>That of its backend; until it has one that where it is to be, empty when any will do.</summary>
    public string AvailabilityZone { get; init; } = VolumeZones.Own;
    public bool Bootable { get; init; }
    public bool Multiattach { get; init; }
    public bool ReadOnly { get; init; }
    public SnapshotId? SnapshotId { get; init; }
    public VolumeId? SourceVolumeId { get; init; }
    public ImageId? ImageId { get; init; }
    public string Metadata { get; init; } = "{}";
    public string ImageMetadata { get; init; } = "{}";
    public HostId? HostId { get; init; }
    public string? HostName { get; init; }
    public string? Backend { get; init; }

    /// <summary>What it is called where it lies, since it moved there (Cinder's `name_id`); null: by its id.</summary>
    public VolumeId? NameId { get; init; }

    /// <summary>How far its last move has come; null for none.</summary>
    public string? MigrationStatus { get; init; }

    /// <summary>The type that it is to have; it counts for both meanwhile.</summary>
    public VolumeTypeId? RetypeTypeId { get; init; }

    /// <summary>The other place that has been promised to it: where it is to be, until it is there; where it was, until that is gone.</summary>
    public HostId? OtherHostId { get; init; }
    public string? OtherBackend { get; init; }
    public VolumeId? OtherNameId { get; init; }

    /// <summary>What its backend has promised it; more than its size while it grows.</summary>
    public long ClaimedGib { get; init; }
    public string? Fault { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? LaunchedAt { get; init; }
    public long Version { get; init; }

    /// <summary>The name of its type, as the join has it.</summary>
    public string TypeName { get; init; } = "";

    /// <summary>Null until a backend was found for it, and when it has been given back.</summary>
    public BackendPlace? Place => HostId is { } host && Backend is { } backend ? new(host, backend) : null;

    public BackendPlace? Other => OtherHostId is { } host && OtherBackend is { } backend ? new(host, backend) : null;

    /// <summary>As its host knows it.</summary>
    public VolumeId LiesAs => NameId ?? Id;

    /// <summary>Nobody may begin to write to it, or stand on it, whatever its status shows.</summary>
    public bool IsMoving => MigrationStatus is MigrationStatuses.Starting or MigrationStatuses.Migrating;

    /// <summary>What clients see: one that moves and is not locked is available, though nothing may be done to it.</summary>
    public string Shown => Status == VolumeStatus.Moving ? VolumeStatus.Available : Status;

    public Dictionary<string, string> Meta => PairsOf(Metadata);

    public Dictionary<string, string> ImageMeta => PairsOf(ImageMetadata);

    /// <summary>What it shows when something has been done to it: that it is being deleted, once it is.</summary>
    public string Becoming(string status) => Status == VolumeStatus.Deleting ? Status : status;

    /// <summary>The name of its lock and fence.</summary>
    public static string ResourceOf(VolumeId id) => $"volume/{id}";

    public static Dictionary<string, string> PairsOf(string json) =>
        JsonSerializer.Deserialize(json, BlockStorageJson.Default.DictionaryStringString) ?? [];

    public static string TextOf(Dictionary<string, string> pairs) =>
        JsonSerializer.Serialize(pairs, BlockStorageJson.Default.DictionaryStringString);
}

/// <summary>Cinder's words.</summary>
internal static class VolumeStatus
{
    public const string Creating = "creating";
    public const string Downloading = "downloading";
    public const string Available = "available";
    public const string Reserved = "reserved";
    public const string Attaching = "attaching";
    public const string InUse = "in-use";
    public const string Detaching = "detaching";
    public const string Extending = "extending";
    public const string Deleting = "deleting";
    public const string Error = "error";
    public const string ErrorExtending = "error_extending";
    public const string BackingUp = "backing-up";
    public const string Restoring = "restoring-backup";
    public const string ErrorRestoring = "error_restoring";
    public const string Reverting = "reverting";
    public const string Uploading = "uploading";
    public const string Managing = "managing";
    public const string ErrorManaging = "error_managing";
    public const string Unmanaging = "unmanaging";
    public const string AwaitingTransfer = "awaiting-transfer";
    public const string Retyping = "retyping";
    public const string Maintenance = "maintenance";

    /// <summary>Ours: see <see cref="Volume.Shown"/>.</summary>
    public const string Moving = "migrating";

    /// <summary>In which a volume may be deleted by its owner; one that is being made is cancelled.</summary>
    public static bool IsDeletable(string status) =>
        status is Available or Error or ErrorExtending or Creating or Downloading or ErrorRestoring or ErrorManaging;

    /// <summary>What follows from who has the volume; all others say what is done to it, or has failed.</summary>
    public static bool Follows(string status) => status is Available or Reserved or Attaching or InUse or Detaching;

    /// <summary>It is not there yet.</summary>
    public static bool IsBeingMade(string status) => status is Creating or Downloading;

    /// <summary>What an operator may have shown.</summary>
    public static readonly string[] Settable =
    [
        Creating,
        Available,
        Deleting,
        Error,
        "error_deleting",
        Attaching,
        Detaching,
        InUse,
        Maintenance,
        Reserved,
    ];
}

/// <summary>How far a move has come, in Cinder's words.</summary>
internal static class MigrationStatuses
{
    public const string Starting = "starting";
    public const string Migrating = "migrating";

    /// <summary>It is where it was to be; what it was before is being removed.</summary>
    public const string Completing = "completing";
    public const string Success = "success";
    public const string Error = "error";

    public static readonly string[] All = [Starting, Migrating, Completing, Success, Error];
}
