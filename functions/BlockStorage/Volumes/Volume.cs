using System.Text.Json;
using Pipeline.BlockStorage.Backends;

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
    public string AvailabilityZone { get; init; } = Zone;
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

    /// <summary>What its backend has promised it; more than its size while it grows.</summary>
    public long ClaimedGib { get; init; }
    public string? Fault { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? LaunchedAt { get; init; }
    public long Version { get; init; }

    /// <summary>The name of its type, as the join has it.</summary>
    public string TypeName { get; init; } = "";

    /// <summary>The only zone there is, by the name that Nova's has.</summary>
    public const string Zone = "nova";

    /// <summary>Null until a backend was found for it, and when it has been given back.</summary>
    public BackendPlace? Place => HostId is { } host && Backend is { } backend ? new(host, backend) : null;

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
    public const string Uploading = "uploading";
    public const string AwaitingTransfer = "awaiting-transfer";

    /// <summary>In which a volume may be deleted by its owner; one that is being made is cancelled.</summary>
    public static bool IsDeletable(string status) =>
        status is Available or Error or ErrorExtending or Creating or Downloading or ErrorRestoring or "error_managing";

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
        "maintenance",
        Reserved,
    ];
}
