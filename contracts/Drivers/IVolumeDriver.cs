using System.Text.Json.Serialization;

namespace Pipeline.Contracts.Drivers;

/// <summary>
/// Keeps volumes on one backend. Every member ensures: called twice it ends where once ends; absent is success for removal.
/// The minimum (the book's table 4.3) is this with <see cref="IVolumeSnapshots"/>, <see cref="IVolumeContent"/> and
/// <see cref="IVolumeExports"/>: a driver that lacks one of them is refused at start.
/// </summary>
public interface IVolumeDriver : IDriver
{
    /// <summary>Makes a volume: blank, or with what another volume or snapshot of this backend holds.</summary>
    /// <exception cref="Fault">
    /// NotFound when its source is not here; BadRequest when it is smaller than its source; DiskFull; Conflict when its
    /// source is a volume that is exported and the driver cannot copy it then.
    /// </exception>
    Task EnsureVolumeAsync(VolumeSpec spec, CancellationToken ct);

    /// <summary>Grows a volume, its data as they are; one that has the size, or more, is left.</summary>
    /// <exception cref="Fault">NotFound; DiskFull; Conflict when it is exported and the driver cannot grow it then.</exception>
    Task ExtendVolumeAsync(VolumeId id, long bytes, CancellationToken ct);

    /// <summary>Removes a volume. What was cloned from it stays as it is; its blocks are never read by a successor.</summary>
    /// <exception cref="Fault">Conflict while it is exported, or has snapshots.</exception>
    Task DeleteVolumeAsync(VolumeId id, CancellationToken ct);

    /// <summary>All volumes that this driver holds for this cloud, half-made ones too.</summary>
    IAsyncEnumerable<VolumeStatus> ListVolumesAsync(CancellationToken ct);

    /// <summary>The book's table 4.4, as far as it is the driver's to know.</summary>
    Task<VolumeStatistics> ReadStatisticsAsync(CancellationToken ct);
}

/// <summary>Points in time of volumes.</summary>
public interface IVolumeSnapshots
{
    /// <summary>Keeps what the volume holds now. Of one that is being written to it is as after a power cut.</summary>
    /// <exception cref="Fault">NotFound; DiskFull; Conflict when it is exported and the driver cannot take one then.</exception>
    Task EnsureSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct);

    /// <summary>Removes a snapshot. Volumes that were made from it stay as they are.</summary>
    Task DeleteSnapshotAsync(VolumeId volume, SnapshotId id, CancellationToken ct);
}

/// <summary>Volumes filled from images, and images made of volumes. Both are sparse: what holds nothing is not written.</summary>
public interface IVolumeContent
{
    /// <summary>Fills a volume with an image that lies in the host's cache. Begun again it begins at the start.</summary>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <exception cref="Fault">NotFound; BadRequest when the image is larger than the volume, or not what it says; DiskFull; Conflict while it is exported.</exception>
    Task WriteImageAsync(VolumeId id, CachedImage image, IProgress<double>? progress, CancellationToken ct);

    /// <summary>Writes what a volume holds into a new file of the host. Of one that is being written to it is as after a power cut.</summary>
    /// <param name="format">`raw` or `qcow2`.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <exception cref="Fault">NotFound; DiskFull; Conflict when it is exported and the driver cannot read it then.</exception>
    Task ReadImageAsync(VolumeId id, string path, string format, IProgress<double>? progress, CancellationToken ct);
}

/// <summary>The way from a volume to the host of a guest. An export is for one attachment, and reached by its host alone.</summary>
public interface IVolumeExports
{
    /// <summary>Opens the way, and says how the host finds it.</summary>
    /// <exception cref="Fault">NotFound; BadRequest when the connector lacks what the transport needs; Conflict when the volume is held by another.</exception>
    Task<VolumeConnection> EnsureExportAsync(ExportSpec spec, CancellationToken ct);

    /// <summary>Closes it: once this has returned, nothing that the host still sends reaches the volume.</summary>
    /// <exception cref="Fault">Conflict when a process of this host has the volume's file open and cannot be cut off.</exception>
    Task DeleteExportAsync(VolumeId volume, AttachmentId attachment, CancellationToken ct);

    /// <summary>Opens again each way that stood, as it was: called at the agent's start, for the host may have been started anew, and now and then, for a server may have died.</summary>
    /// <exception cref="Fault">DriverFailed naming those that cannot be opened; the others are.</exception>
    Task RestoreExportsAsync(CancellationToken ct);
}

/// <summary>The backend keeps images that volumes were filled with, so that the next volume of one is made in an instant.</summary>
public interface IVolumeImages
{
    /// <summary>Keeps it no more; volumes that were filled with it stay as they are.</summary>
    Task ForgetImageAsync(ImageId id, CancellationToken ct);
}

/// <summary>A volume goes back to what a snapshot of it holds, in place; its size and its snapshots stay. Statistics say so: `snapshot_revert_support`.</summary>
public interface IVolumeRevert
{
    /// <summary>All of it or nothing, however often it is asked for.</summary>
    /// <exception cref="Fault">NotFound; Conflict while it is exported.</exception>
    Task RevertAsync(VolumeId volume, SnapshotId snapshot, CancellationToken ct);
}

/// <param name="Cloud">The cloud's id, by which its volumes are kept apart, so that another cloud's sweep leaves it alone.</param>
/// <param name="Bytes">At least those of its source; whole GiB.</param>
/// <param name="Source">Null for a blank one, which reads as zeros.</param>
public sealed record VolumeSpec(VolumeId Id, string Cloud, long Bytes, VolumeSource? Source = null);

/// <param name="Snapshot">Null for what the volume holds now.</param>
public sealed record VolumeSource(VolumeId Volume, SnapshotId? Snapshot = null);

/// <param name="Allocated">Bytes that it takes of the backend; null where that cannot be told.</param>
public sealed record VolumeStatus(
    VolumeId Id,
    long Bytes,
    long? Allocated,
    IReadOnlyList<SnapshotId> Snapshots,
    IReadOnlyList<AttachmentId> Exports
);

/// <summary>What a backend tells of itself (the book's table 4.4; its name and its reserve are its operator's to say).</summary>
/// <param name="Protocol">`iSCSI`, `NFS`, `nbd`, `file`: what the connection's protocol is to schedulers and clients.</param>
/// <param name="Capabilities">What else it can, in the words of Cinder's scheduler: `thin_provisioning_support`, `multiattach`, `online_extend_support`, `online_snapshot_support`, `snapshot_revert_support`.</param>
public sealed record VolumeStatistics(
    string DriverVersion,
    string Vendor,
    string Protocol,
    Capacity Total,
    Capacity Free,
    IReadOnlyDictionary<string, bool> Capabilities
)
{
    /// <summary>Whether only guests of the backend's own host reach its volumes: their way is the file itself.</summary>
    [JsonIgnore]
    public bool IsLocal => Protocol == "file";

    /// <summary>Free room changes with each write: only what a scheduler would do otherwise for is worth telling.</summary>
    /// <param name="small">Whether also half a percent of what was free is; else it has to be a twentieth.</param>
    public bool IsNewsAfter(VolumeStatistics told, bool small) =>
        (DriverVersion, Vendor, Protocol, Total) != (told.DriverVersion, told.Vendor, told.Protocol, told.Total)
        || !Capabilities.OrderBy(c => c.Key).SequenceEqual(told.Capabilities.OrderBy(c => c.Key))
        || Free.IsInfinite != told.Free.IsInfinite
        || Free.Gib.HasValue != told.Free.Gib.HasValue
        || Free.Gib is { } now && told.Free.Gib is { } then && Math.Abs(now - then) > then * (small ? 0.005 : 0.05);
}

/// <summary>Gibibytes, or `unknown`, or `infinite`.</summary>
/// <param name="Gib">Null where there is no number.</param>
public sealed record Capacity(double? Gib, bool IsInfinite = false)
{
    public static Capacity Unknown { get; } = new(Gib: null);

    public static Capacity Infinite { get; } = new(null, IsInfinite: true);

    public static Capacity OfBytes(long bytes) => new(Math.Round(bytes / (double)(1L << 30), 2));
}

/// <summary>What the host of a guest shows of itself to a storage backend (Cinder's `connector`).</summary>
/// <param name="Address">The address from which it will come; null when it is the backend's own host.</param>
/// <param name="Initiator">Its iSCSI name.</param>
public sealed record HostConnector(HostId Host, string Name, string? Address, string? Initiator);

/// <param name="Password">The attachment's own (CHAP's); null where its transport needs none.</param>
public sealed record ExportSpec(
    VolumeId Volume,
    AttachmentId Attachment,
    HostConnector Connector,
    bool IsReadOnly,
    string? Password = null
);

/// <summary>How a host finds an export (Cinder's `connection_info`). It holds no secret: who has the attachment has its password.</summary>
/// <param name="Protocol">`file`, `nbd`, `iscsi`, `nfs`, `fake`.</param>
/// <param name="Properties">What the transport needs: `path`, `format`; `host`, `port`, `export`; `target`, `lun`, `user`; `server`, `share`.</param>
public sealed record VolumeConnection(string Protocol, IReadOnlyDictionary<string, string> Properties);
