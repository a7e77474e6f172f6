using Pipeline.Image.Inspection;

namespace Pipeline.Image.Images;

/// <summary>
/// The attributes of an image that tenants write, the same in a create and in a patch: who may write which, and what is a
/// good value. Every other name is a custom property, whose value is a string.
/// </summary>
internal static class ImageAttributes
{
    private const int MaxTags = 128;
    private const int MaxProperties = 128;
    private const int MaxValue = 65535;

    private static readonly string[] ReadOnly =
    [
        "created_at",
        "updated_at",
        "status",
        "checksum",
        "size",
        "virtual_size",
        "direct_url",
        "self",
        "file",
        "schema",
        "stores",
        "os_hash_algo",
        "os_hash_value",
    ];
    private static readonly string[] Reserved = ["location", "deleted", "deleted_at"];
    private const string ReservedPrefix = "os_glance";

    /// <summary>What is there on every image, so a patch can replace but not remove it.</summary>
    public static bool IsKnown(string name) =>
        name
            is "name"
                or "disk_format"
                or "container_format"
                or "visibility"
                or "min_disk"
                or "min_ram"
                or "protected"
                or "os_hidden"
                or "tags"
                or "owner";

    /// <exception cref="Fault">Forbidden for what only the service itself writes.</exception>
    public static void CheckWritable(string name)
    {
        if (ReadOnly.Contains(name))
            throw Fault.Forbidden($"Attribute '{name}' is read-only.");
        if (Reserved.Contains(name) || name.StartsWith(ReservedPrefix))
            throw Fault.Forbidden($"Attribute '{name}' is reserved.");
        if (name == "locations")
            throw Fault.Forbidden("It's not allowed to update locations if locations are invisible.");
    }

    /// <exception cref="Fault">BadRequest naming the field; Forbidden for what the caller may not set; TooLarge over a limit.</exception>
    public static Image Set(Image image, string name, Field value, Caller caller) =>
        name switch
        {
            "name" => image with { Name = value.IsNull ? null : value.String() },
            "disk_format" => image with
            {
                DiskFormat = FormatOf(image, value, ImageInspector.Qcow2, ImageInspector.Raw),
            },
            "container_format" => image with { ContainerFormat = FormatOf(image, value, "bare") },
            "visibility" => image with { Visibility = VisibilityOf(image, value, caller) },
            "min_disk" => image with { MinDisk = value.Int(0) },
            "min_ram" => image with { MinRam = value.Int(0) },
            "protected" => image with { Protected = value.Bool() },
            "os_hidden" => image with { OsHidden = value.Bool() },
            "tags" => image.With(TagsOf(value)),
            "owner" => image with { ProjectId = OwnerOf(image, value, caller) },
            _ => image.With(Extended(image, name, value)),
        };

    /// <exception cref="Fault">BadRequest for a tag that is too long.</exception>
    public static Image AddTag(Image image, string tag)
    {
        if (tag.Length is 0 or > 255)
            throw Fault.BadRequest("Invalid input for field tags: a tag has 1 to 255 characters.");
        var tags = image.TagList;
        return tags.Contains(tag) ? image : image.With(Bounded([.. tags, tag]));
    }

    private static string? FormatOf(Image image, Field value, params ReadOnlySpan<string> accepted)
    {
        var format = value.IsNull ? null : value.Choice(accepted);
        return image.Status == ImageStatus.Queued
            ? format
            : throw Fault.Forbidden($"Attribute {value.Path} can be only replaced for a queued image.");
    }

    private static string VisibilityOf(Image image, Field value, Caller caller)
    {
        var visibility = value.Choice(Visibility.All);
        return visibility != Visibility.Public || image.Visibility == Visibility.Public || caller.IsAdmin
            ? visibility
            : throw Fault.Forbidden("You are not authorized to complete publicize_image action.");
    }

    private static ProjectId OwnerOf(Image image, Field value, Caller caller)
    {
        var owner = value.Id<ProjectId>();
        return owner == image.ProjectId || caller.IsAdmin
            ? owner
            : throw Fault.Forbidden($"You are not permitted to create images owned by '{owner}'.");
    }

    private static List<string> TagsOf(Field value) =>
        Bounded([.. value.Array(max: int.MaxValue).Select(tag => tag.String()).Distinct()]);

    private static List<string> Bounded(List<string> tags) =>
        tags.Count <= MaxTags
            ? tags
            : throw new Fault(
                FaultCode.TooLarge,
                $"The limit has been exceeded on the number of allowed image tags. Attempted: {tags.Count}, Maximum: {MaxTags}"
            );

    private static SortedDictionary<string, string> Extended(Image image, string name, Field value)
    {
        if (name.Length is 0 or > 255)
            throw Fault.BadRequest("Custom property name must be 1 to 255 characters long.");
        var extra = image.Extra;
        extra[name] = value.String(max: MaxValue);
        return extra.Count <= MaxProperties
            ? extra
            : throw new Fault(
                FaultCode.TooLarge,
                $"The limit has been exceeded on the number of allowed image properties. Attempted: {extra.Count}, Maximum: {MaxProperties}"
            );
    }
}
