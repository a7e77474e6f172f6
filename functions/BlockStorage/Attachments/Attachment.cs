using System.Text.Json;
using Pipeline.Contracts.Drivers;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>That somebody has a volume: who, from where, and by which way.</summary>
internal sealed record Attachment
{
    public AttachmentId Id { get; init; }
    public VolumeId VolumeId { get; init; }
    public ProjectId ProjectId { get; init; }

    /// <summary>What Cinder calls the instance; of a client that attaches by itself, its own word.</summary>
    public ServerId? ServerId { get; init; }

    /// <summary>Compute has it for a server of this cloud, and alone lets go of it.</summary>
    public bool Claimed { get; init; }
    public HostId? GuestHostId { get; init; }
    public string? HostName { get; init; }

    /// <summary>JSON of what the host that reaches the volume shows of itself.</summary>
    public string? Connector { get; init; }

    /// <summary>The device's name in the guest, or where a client has it.</summary>
    public string? Device { get; init; }
    public string AttachMode { get; init; } = ReadWrite;
    public string Status { get; init; } = AttachStatus.Reserved;

    /// <summary>JSON of the way that is open, without its secret.</summary>
    public string? Connection { get; init; }
    public SecretId? SecretId { get; init; }
    public DateTimeOffset? AttachedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public long Version { get; init; }

    public const string ReadWrite = "rw";
    public const string ReadOnly = "ro";

    public bool IsReadOnly => AttachMode == ReadOnly;

    public VolumeConnection? Way =>
        Connection is { } json ? JsonSerializer.Deserialize(json, BlockStorageJson.Default.VolumeConnection) : null;

    public HostConnector? From =>
        Connector is { } json ? JsonSerializer.Deserialize(json, BlockStorageJson.Default.HostConnector) : null;

    public static string ModeOf(bool isReadOnly) => isReadOnly ? ReadOnly : ReadWrite;

    public static string TextOf(VolumeConnection way) =>
        JsonSerializer.Serialize(way, BlockStorageJson.Default.VolumeConnection);

    public static string TextOf(HostConnector from) =>
        JsonSerializer.Serialize(from, BlockStorageJson.Default.HostConnector);

    /// <summary>The name of its lock and fence, and of what its secret goes with.</summary>
    public static string ResourceOf(AttachmentId id) => $"attachment/{id}";
}
