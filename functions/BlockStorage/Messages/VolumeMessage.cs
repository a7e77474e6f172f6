namespace Pipeline.BlockStorage.Messages;

/// <summary>What an owner is told of something that failed after their request was accepted.</summary>
internal sealed record VolumeMessage
{
    public VolumeMessageId Id { get; init; }
    public ProjectId ProjectId { get; init; }

    /// <summary>Cinder's: what it is of, what was done to it, and what went wrong with that.</summary>
    public string EventId { get; init; } = "";
    public string UserMessage { get; init; } = "";
    public string MessageLevel { get; init; } = Error;
    public string ResourceType { get; init; } = "";
    public string ResourceId { get; init; } = "";

    /// <summary>Of the request that asked for what failed.</summary>
    public string RequestId { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The only level there is.</summary>
    public const string Error = "ERROR";

    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    public static string TargetOf(VolumeMessageId id) => $"volume-message/{id}";
}

/// <summary>What was done when something failed, by Cinder's numbers; details have numbers of their own, 001 for any.</summary>
/// <param name="Detail">What mostly goes wrong with it.</param>
internal sealed record MessageEvent(string ResourceType, string Action, string Detail, string Words)
{
    public const string Volume = "VOLUME";
    public const string Snapshot = "VOLUME_SNAPSHOT";
    public const string Backup = "VOLUME_BACKUP";

    public static readonly MessageEvent Place = new(Volume, "001", "003", "schedule allocate volume");
    public static readonly MessageEvent Upload = new(Volume, "003", "004", "copy volume to image");
    public static readonly MessageEvent Fill = new(Volume, "005", "001", "copy image to volume");
    public static readonly MessageEvent Grow = new(Volume, "007", "010", "extend volume");
    public static readonly MessageEvent Make = new(Volume, "008", "012", "create volume");
    public static readonly MessageEvent Restore = new(Volume, "015", "001", "restore backup");

    // Cinder has no numbers for these: they are beyond its list.
    public static readonly MessageEvent Revert = new(Volume, "101", "001", "revert to snapshot");
    public static readonly MessageEvent Manage = new(Volume, "102", "001", "manage volume");

    public static readonly MessageEvent Take = new(Snapshot, "009", "013", "create snapshot");
    public static readonly MessageEvent BackUp = new(Backup, "013", "001", "create backup");

    public string Id => $"VOLUME_{ResourceType}_{Action}_{Detail}";
}
