using System.Text.Json;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Compute.Volumes;

/// <summary>A volume of a server, as compute has it: block storage has the attachment of the same id.</summary>
internal sealed record ServerVolume
{
    public AttachmentId AttachmentId { get; init; }
    public ServerId ServerId { get; init; }
    public VolumeId VolumeId { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Device { get; init; } = "";

    /// <summary>0 for the one that the guest boots from; null for one that it does not.</summary>
    public int? BootIndex { get; init; }
    public bool DeleteOnTermination { get; init; }

    /// <summary>Where it lies; null until the guest has it.</summary>
    public HostId? StorageHostId { get; init; }

    /// <summary>What it is called there; null: by its id.</summary>
    public VolumeId? NameId { get; init; }

    /// <summary>JSON of the way that is open; null until the guest has it.</summary>
    public string? Connection { get; init; }

    /// <summary>The one whose place it is to take, or that has taken its own; null for a volume that the server shows.</summary>
    public AttachmentId? Beside { get; init; }

    /// <exception cref="Fault">BadRequest while the guest has yet to get it.</exception>
    public VolumeConnection RequireWay() =>
        Connection is { } json
            ? JsonSerializer.Deserialize(json, ComputeJson.Default.VolumeConnection)!
            : throw Fault.BadRequest($"Invalid volume: volume {VolumeId} is not attached yet");

    /// <summary>The name of its lock and fence.</summary>
    public static string ResourceOf(AttachmentId id) => $"attachment/{id}";
}
