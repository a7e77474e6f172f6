using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Identity;
using Pipeline.Data;

namespace Pipeline.Contracts.BlockStorage;

/// <summary>Query and claim interface of block storage: the volumes of servers, in the caller's own transaction.</summary>
public interface IVolumes
{
    /// <summary>The volume if the project owns it; null otherwise.</summary>
    ValueTask<VolumeFacts?> FindAsync(Tx tx, ProjectId viewer, VolumeId id);

    /// <summary>A snapshot that the project owns; null otherwise.</summary>
    ValueTask<SnapshotFacts?> FindSnapshotAsync(Tx tx, ProjectId viewer, SnapshotId id);

    /// <summary>Accepts a volume as a tenant's own order would be, and begins its making (`volume/{id}` is its orchestration's resource).</summary>
    /// <exception cref="Fault">BadRequest when size and source do not go together; NotFound for what is not there; QuotaExceeded.</exception>
    ValueTask<VolumeId> CreateAsync(Tx tx, Caller caller, string requestId, VolumeOrder order);

    /// <summary>
    /// Holds a volume for a server (Cinder's `reserve`): it shows `reserved`, and nobody else may attach or delete it. One that is still
    /// being made for the server may be held, too.
    /// </summary>
    /// <exception cref="Fault">NotFound; BadRequest when its status does not allow it (one that is attached already, unless it is multi-attach).</exception>
    ValueTask ReserveAsync(Tx tx, AttachmentClaim claim);

    /// <summary>Ends a hold that came to nothing (Cinder's `unreserve`); one that a guest's host was named for stays. Absent is success.</summary>
    ValueTask UnreserveAsync(Tx tx, AttachmentId id);

    /// <summary>Marks an attachment as on its way out; the volume shows `detaching`.</summary>
    /// <exception cref="Fault">NotFound when there is no such attachment; BadRequest when the volume's status does not allow it.</exception>
    ValueTask BeginDetachAsync(Tx tx, AttachmentId id);

    /// <summary>Begins the deletes of volumes that end with their server; each that is gone, or is used elsewhere, is left.</summary>
    ValueTask DeleteAsync(Tx tx, ProjectId project, string requestId, IReadOnlyList<VolumeId> volumes);
}

/// <param name="Status">Cinder's words.</param>
/// <param name="ImageMetadata">Of the image that it was made of: what a server from it needs (`min_ram`, `min_disk`, `image_id`).</param>
public sealed record VolumeFacts(
    VolumeId Id,
    string Name,
    string Status,
    long Gib,
    bool IsBootable,
    bool IsMultiattach,
    string AvailabilityZone,
    IReadOnlyDictionary<string, string> ImageMetadata
)
{
    /// <summary>For every guest.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The one host whose guests reach it; null where hosts reach it over the network, or while it has no place.</summary>
    public HostId? LocalTo { get; init; }
}

public sealed record SnapshotFacts(SnapshotId Id, VolumeId Volume, string Status, long Gib);

/// <param name="Gib">Null for the source's size; a must for images.</param>
/// <param name="Type">Name or id of its type; null for the default.</param>
public sealed record VolumeOrder(
    string Name,
    long? Gib,
    string? Type,
    ImageId? Image = null,
    SnapshotId? Snapshot = null,
    VolumeId? Source = null
);

/// <param name="Id">Chosen by who claims; the same claim twice is one.</param>
/// <param name="IsReadOnly">As this attachment wants it; a read-only volume is so for all.</param>
public sealed record AttachmentClaim(
    AttachmentId Id,
    VolumeId Volume,
    ServerId Server,
    ProjectId Project,
    bool IsReadOnly = false
);

/// <summary>Waits until a volume that is being made stands: a step that is repeated while it is not.</summary>
/// <remarks>Unavailable while it is being made (the engine asks again); the volume's own fault when it failed; NotFound when it was deleted.</remarks>
public sealed record AwaitVolume(VolumeId VolumeId) : IActivity<Done>;

/// <summary>An attachment learns the host of its guest; the volume shows `attaching`. Its undo is <see cref="EndAttachment"/>.</summary>
public sealed record ConnectAttachment(AttachmentId AttachmentId, HostId GuestHost) : IActivity<ExportOrder>;

/// <summary>What the steps of an attachment need to know: where the volume lies, and who will reach it.</summary>
/// <param name="Host">The storage host.</param>
/// <param name="Connector">What the guest's host shows of itself.</param>
/// <param name="Secret">Secret: the password of this attachment alone (CHAP's), made with it.</param>
/// <param name="Limits">Of the type's QoS specs, as far as the hypervisor keeps to them: `total_iops_sec`, `read_bytes_sec` and so on; null for none.</param>
public sealed record ExportOrder(
    HostId Host,
    string Backend,
    VolumeId VolumeId,
    HostConnector Connector,
    bool IsReadOnly,
    SecretId? Secret,
    IReadOnlyDictionary<string, long>? Limits
)
{
    /// <summary>What it is called where it lies; null: by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeId? Name { get; init; }
}

/// <summary>The way is open; nobody has the volume by it yet.</summary>
public sealed record KeepConnection(AttachmentId AttachmentId, VolumeConnection Connection) : IActivity<Done>;

/// <summary>The guest has the volume: `in-use`, with the device's name and the way that leads to it.</summary>
public sealed record MarkAttached(AttachmentId AttachmentId, string Device, VolumeConnection Connection)
    : IActivity<Done>;

/// <summary>The end of an attachment, its secret too; the volume is `available` when it was the last. Absent is success.</summary>
public sealed record EndAttachment(AttachmentId AttachmentId) : IActivity<Done>;
