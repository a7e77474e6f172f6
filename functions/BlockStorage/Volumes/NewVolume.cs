using System.Text.Json;
using Pipeline.BlockStorage.Backups;
using Pipeline.Contracts.BlockStorage;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>What a client asks for: the body of `POST /volumes`, read and checked for form alone.</summary>
/// <param name="Gib">Null for what its source has.</param>
/// <param name="Type">An id or a name; null for its source's, or the default.</param>
internal sealed record NewVolume(
    string? Name,
    string? Description,
    long? Gib,
    string? Type,
    Dictionary<string, string> Metadata,
    VolumeId? Source,
    SnapshotId? Snapshot,
    ImageId? Image,
    string? AvailabilityZone,
    bool Multiattach,
    IReadOnlyList<VolumeId> SameHost,
    IReadOnlyList<VolumeId> DifferentHost
)
{
    /// <summary>GiB; above it no file system here holds a file.</summary>
    private const long Largest = 1 << 20;

    public BackupId? Backup { get; init; }

    /// <summary>A volume as large as a backup, which will hold what that does.</summary>
    public static NewVolume OfBackup(Backup backup, string name) =>
        new(name, backup.Description, backup.SizeGib, null, [], null, null, null, null, false, [], [])
        {
            Backup = backup.Id,
        };

    public static NewVolume Read(Fields body, Microversion version)
    {
        var order = body.Object("volume");
        order.Only(
            "name",
            "description",
            "display_name",
            "display_description",
            "size",
            "volume_type",
            "metadata",
            "snapshot_id",
            "source_volid",
            "source_replica",
            "consistencygroup_id",
            "imageRef",
            "image_id",
            "availability_zone",
            "multiattach",
            "backup_id",
            "group_id",
            "user_id",
            "project_id",
            "status",
            "attach_status"
        );
        foreach (var name in (string[])["consistencygroup_id", "group_id", "source_replica"])
            if (order.Nullable(name) is { } other)
                throw other.Wrong("is not offered");
        var backup = order.Nullable("backup_id");
        if (backup is { } early && version < VolumeVersions.FromBackup)
            throw early.Wrong($"is known from version {VolumeVersions.FromBackup} on");
        var hints = (body.Nullable("OS-SCH-HNT:scheduler_hints") ?? body.Nullable("scheduler_hints"))?.Object();
        var read = new NewVolume(
            NameOf(order.Nullable("name") ?? order.Nullable("display_name")),
            NameOf(order.Nullable("description") ?? order.Nullable("display_description")),
            order.Nullable("size") is { } size ? SizeOf(size) : null,
            order.Nullable("volume_type")?.String(1),
            order.Nullable("metadata")?.Object().StringMap() ?? [],
            SourceOf<VolumeId>(order.Nullable("source_volid"), id => $"Volume {id} could not be found."),
            SourceOf<SnapshotId>(order.Nullable("snapshot_id"), id => $"Snapshot {id} could not be found."),
            ImageOf(order.Nullable("imageRef") ?? order.Nullable("image_id")),
            order.Nullable("availability_zone")?.String(1),
            order.Nullable("multiattach")?.Bool(text: true) ?? false,
            HintsOf(hints, "same_host"),
            HintsOf(hints, "different_host")
        )
        {
            Backup = SourceOf<BackupId>(backup, id => $"Backup {id} could not be found."),
        };
        return read.Checked();
    }

    /// <summary>What a service of the cloud asks for in its caller's name.</summary>
    /// <exception cref="Fault">BadRequest.</exception>
    public static NewVolume Of(VolumeOrder order) =>
        new NewVolume(
            order.Name,
            null,
            order.Gib,
            order.Type,
            [],
            order.Source,
            order.Snapshot,
            order.Image,
            null,
            Multiattach: false,
            [],
            []
        ).Checked();

    /// <summary>A whole number of GiB, also as a string.</summary>
    public static long SizeOf(Field field)
    {
        try
        {
            return field.Long(1, Largest, text: true);
        }
        catch (Fault fault) when (fault.Code == FaultCode.BadRequest)
        {
            throw Fault.BadRequest(
                $"Invalid input received: Volume size '{field.Json}' must be an integer and greater than 0 ({field.Path}, GiB, at most {Largest})"
            );
        }
    }

    /// <summary>Up to 255 characters; what is blank around it is not kept, as Cinder does.</summary>
    public static string? NameOf(Field? field) => field?.String().Trim();

    private NewVolume Checked()
    {
        var sources = new object?[] { Source, Snapshot, Image, Backup }.Count(s => s is not null);
        if (sources > 1)
            throw Fault.BadRequest(
                "Invalid input received: May specify only one of snapshot, imageRef, source volume or backup"
            );
        if (Gib is null && Source is null && Snapshot is null && Backup is null)
            throw Fault.BadRequest("Invalid input for field volume.size: it is required.");
        return this;
    }

    /// <summary>What cannot be an id names nothing: 404, as for an unknown one.</summary>
    private static TId? SourceOf<TId>(Field? field, Func<string, string> unknown)
        where TId : struct, IId<TId> =>
        field is not { } given ? null
        : TId.TryParse(given.String(), out var id) ? id
        : throw Fault.NotFound(unknown(given.String()));

    /// <summary>Older clients send the image's URL; its last segment is the id.</summary>
    private static ImageId? ImageOf(Field? field)
    {
        if (field is not { } given)
            return null;
        var text = given.String();
        if (text.Length == 0)
            return null;
        return ImageId.TryParse(text[(text.LastIndexOf('/') + 1)..], out var id)
            ? id
            : throw Fault.BadRequest("Invalid image identifier or unable to access requested image.");
    }

    private static IReadOnlyList<VolumeId> HintsOf(Fields? hints, string name)
    {
        if (hints?.Nullable(name) is not { } hint)
            return [];
        var fields = hint.Json.ValueKind == JsonValueKind.Array ? hint.Array(0, 100) : [hint];
        return [.. fields.Select(f => f.Id<VolumeId>())];
    }
}
