using System.Text.Json;

namespace Pipeline.Image;

internal static class ImageStatus
{
    public const string Queued = "queued";
    public const string Saving = "saving";
    public const string Active = "active";

    /// <summary>A tombstone: its file and the hosts' copies are being removed. Nobody sees it.</summary>
    public const string Deleted = "deleted";
}

internal static class Visibility
{
    public const string Public = "public";
    public const string Private = "private";
    public const string Shared = "shared";
    public const string Community = "community";

    public static readonly string[] All = [Community, Public, Private, Shared];
}

/// <summary>An image as it stands in the database. Queued has no file, saving has an upload, active has its file.</summary>
internal sealed record Image
{
    public ImageId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string? Name { get; init; }
    public string Status { get; init; } = ImageStatus.Queued;
    public string Visibility { get; init; } = Pipeline.Image.Visibility.Shared;
    public string? DiskFormat { get; init; }
    public string? ContainerFormat { get; init; }

    /// <summary>GiB.</summary>
    public int MinDisk { get; init; }

    /// <summary>MiB.</summary>
    public int MinRam { get; init; }
    public bool Protected { get; init; }
    public bool OsHidden { get; init; }
    public long? Size { get; init; }
    public long? VirtualSize { get; init; }

    /// <summary>MD5 in hex.</summary>
    public string? Checksum { get; init; }
    public string? Sha512 { get; init; }

    /// <summary>A JSON array.</summary>
    public string Tags { get; init; } = "[]";

    /// <summary>A JSON object of strings: what tenants add beside the known attributes.</summary>
    public string Properties { get; init; } = "{}";

    /// <summary>The upload under way while saving, the one that brought the file when active.</summary>
    public string? UploadId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public long Version { get; init; }

    public List<string> TagList => JsonSerializer.Deserialize(Tags, ImageJson.Default.ListString) ?? [];

    public SortedDictionary<string, string> Extra =>
        JsonSerializer.Deserialize(Properties, ImageJson.Default.SortedDictionaryStringString) ?? [];

    public static string ResourceOf(ImageId id) => $"image/{id}";

    public Image With(IEnumerable<string> tags) =>
        this with
        {
            Tags = JsonSerializer.Serialize([.. tags.Distinct().Order()], ImageJson.Default.ListString),
        };

    public Image With(SortedDictionary<string, string> extra) =>
        this with
        {
            Properties = JsonSerializer.Serialize(extra, ImageJson.Default.SortedDictionaryStringString),
        };

    public bool IsSeenBy(ProjectId? project) =>
        Status != ImageStatus.Deleted
        && (
            ProjectId == project
            || Visibility is Pipeline.Image.Visibility.Public or Pipeline.Image.Visibility.Community
        );

    public bool IsSeenBy(Caller caller) =>
        IsSeenBy(caller.ProjectId) || (caller.IsAdmin && Status != ImageStatus.Deleted);

    public bool IsChangedBy(Caller caller) => caller.IsAdmin || ProjectId == caller.ProjectId;

    public static Fault Unknown(ImageId id) => Fault.NotFound($"No image found with ID {id}");
}
