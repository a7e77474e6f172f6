using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;

namespace Pipeline.Contracts.BlockStorage;

/// <summary>Makes a volume on a backend of the host: blank, or with what its source there holds.</summary>
public sealed record MakeVolume(HostId Host, string Backend, VolumeId VolumeId, long Gib, VolumeSource? Source)
    : IHostActivity<Done>;

/// <summary>Fetches the image into the host's cache unless it is there, and fills the volume with it.</summary>
public sealed record FillVolume(HostId Host, string Backend, VolumeId VolumeId, ImageRef Image) : IHostActivity<Done>;

/// <summary>Grows a volume; one that is large enough is left.</summary>
public sealed record GrowVolume(HostId Host, string Backend, VolumeId VolumeId, long Gib) : IHostActivity<Done>;

/// <summary>Removes a volume, on whichever backend of the host it lies, with snapshots that are named. Absent is success.</summary>
public sealed record RemoveVolume(HostId Host, VolumeId VolumeId, IReadOnlyList<SnapshotId> Snapshots)
    : IHostActivity<Done>;

/// <summary>Keeps what a volume holds now.</summary>
public sealed record KeepSnapshot(HostId Host, string Backend, VolumeId VolumeId, SnapshotId SnapshotId)
    : IHostActivity<Done>;

/// <summary>Removes a snapshot, on whichever backend of the host it lies. Absent is success.</summary>
public sealed record DropSnapshot(HostId Host, VolumeId VolumeId, SnapshotId SnapshotId) : IHostActivity<Done>;

/// <summary>Has a volume hold what a snapshot of it does.</summary>
public sealed record RevertVolume(HostId Host, string Backend, VolumeId VolumeId, SnapshotId SnapshotId)
    : IHostActivity<Done>;

/// <summary>Looks at what lies on a backend of the host under a name, and is no volume yet.</summary>
public sealed record LookAtUnmanaged(HostId Host, string Backend, string Name) : IHostActivity<UnmanagedVolume>;

/// <summary>Makes a volume of what lies there under a name, in place.</summary>
public sealed record AdoptVolume(HostId Host, string Backend, VolumeId VolumeId, string Name, long Gib)
    : IHostActivity<Done>;

/// <summary>Lets a volume go: what it holds lies under the name then. Absent is success.</summary>
public sealed record ReleaseVolume(HostId Host, string Backend, VolumeId VolumeId, string Name) : IHostActivity<Done>;

/// <summary>A question: what lies on a backend that is no volume.</summary>
public sealed record ListUnmanaged(string Backend);

/// <summary>The answer to it.</summary>
public sealed record UnmanagedVolumes(IReadOnlyList<UnmanagedVolume> Found);

/// <summary>Opens the way to a volume for one attachment: from this host, for the connector's host alone.</summary>
public sealed record OpenExport(
    HostId Host,
    string Backend,
    VolumeId VolumeId,
    AttachmentId AttachmentId,
    HostConnector Connector,
    bool IsReadOnly,
    SecretId? Secret
) : IHostActivity<VolumeConnection>
{
    [JsonIgnore]
    public IEnumerable<SecretId> Secrets => Secret is { } secret ? [secret] : [];
}

/// <summary>Closes it, on whichever backend of the host: nothing that the guest's host still sends reaches the volume. Absent is success.</summary>
public sealed record CloseExport(HostId Host, VolumeId VolumeId, AttachmentId AttachmentId) : IHostActivity<Done>;
