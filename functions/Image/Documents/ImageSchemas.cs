using System.Text.Json;

namespace Pipeline.Image.Documents;

/// <summary>The JSON schemas of an image and of a list: the `glance` shell builds its options from them.</summary>
internal sealed class ImageSchemas
{
    private static readonly Attribute[] Attributes =
    [
        new("id", "string", "An identifier for the image"),
        new("name", "string", "Descriptive name for the image", Nullable: true),
        new("status", "string", "Status of the image", ReadOnly: true)
        {
            Words = [ImageStatus.Queued, ImageStatus.Saving, ImageStatus.Active],
        },
        new("visibility", "string", "Scope of image accessibility") { Words = Visibility.All },
        new("protected", "boolean", "If true, image will not be deletable."),
        new("os_hidden", "boolean", "If true, image will not appear in default image list response."),
        new("checksum", "string", "md5 hash of image contents.", true, true),
        new("os_hash_algo", "string", "Algorithm to calculate the os_hash_value", true, true),
        new("os_hash_value", "string", "Hexdigest of the image contents by the algorithm os_hash_algo", true, true),
        new("owner", "string", "Owner of the image", Nullable: true),
        new("size", "integer", "Size of image file in bytes", true, true),
        new("virtual_size", "integer", "Virtual size of image in bytes", true, true),
        new("container_format", "string", "Format of the container", Nullable: true) { Words = ["bare"] },
        new("disk_format", "string", "Format of the disk", Nullable: true) { Words = ["qcow2", "raw"] },
        new("created_at", "string", "Date and time of image registration", ReadOnly: true),
        new("updated_at", "string", "Date and time of the last image modification", ReadOnly: true),
        new("min_ram", "integer", "Amount of ram (in MB) required to boot image."),
        new("min_disk", "integer", "Amount of disk space (in GB) required to boot image."),
        new("self", "string", "An image self url", ReadOnly: true),
        new("file", "string", "An image file url", ReadOnly: true),
        new("schema", "string", "An image schema url", ReadOnly: true),
    ];

    [Function("image-show-image-schema"), Policy("image:get_schema", Require.Token)]
    public IResult Image(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/schemas/image")] HttpRequest request
    ) => Answer.Written(200, WriteImage);

    [Function("image-show-images-schema"), Policy("image:get_schema", Require.Token)]
    public IResult Images(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/schemas/images")] HttpRequest request
    ) => Answer.Written(200, WriteImages);

    private static void WriteImages(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteString("name", "images");
        w.WriteStartObject("properties");
        w.WriteStartObject("images");
        w.WriteString("type", "array");
        w.WritePropertyName("items");
        WriteImage(w);
        w.WriteEndObject();
        foreach (var name in new[] { "first", "next", "schema" })
            WriteType(w, name, "string");
        w.WriteEndObject();
        WriteLinks(w, ("first", "{first}"), ("next", "{next}"), ("describedby", "{schema}"));
        w.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteString("name", "image");
        w.WriteStartObject("properties");
        foreach (var attribute in Attributes)
            Write(w, attribute);
        w.WriteStartObject("tags");
        w.WriteString("type", "array");
        w.WriteString("description", "List of strings related to the image");
        WriteType(w, "items", "string");
        w.WriteEndObject();
        w.WriteEndObject();
        WriteType(w, "additionalProperties", "string");
        WriteLinks(w, ("self", "{self}"), ("enclosure", "{file}"), ("describedby", "{schema}"));
        w.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter w, Attribute attribute)
    {
        w.WriteStartObject(attribute.Name);
        if (attribute.Nullable)
        {
            w.WriteStartArray("type");
            w.WriteStringValue("null");
            w.WriteStringValue(attribute.Type);
            w.WriteEndArray();
        }
        else
            w.WriteString("type", attribute.Type);
        w.WriteString("description", attribute.Description);
        if (attribute.ReadOnly)
            w.WriteBoolean("readOnly", true);
        if (attribute.Words.Count > 0)
            WriteWords(w, attribute);
        w.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter w, Attribute attribute)
    {
        w.WriteStartArray("enum");
        if (attribute.Nullable)
            w.WriteNullValue();
        foreach (var word in attribute.Words)
            w.WriteStringValue(word);
        w.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter w, string name, string type)
    {
        w.WriteStartObject(name);
        w.WriteString("type", type);
        w.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter w, params ReadOnlySpan<(string Rel, string Href)> links)
    {
        w.WriteStartArray("links");
        foreach (var (rel, href) in links)
        {
            w.WriteStartObject();
            w.WriteString("rel", rel);
            w.WriteString("href", href);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private sealed record Attribute(
        string Name,
        string Type,
        string Description,
        bool ReadOnly = false,
        bool Nullable = false
    )
    {
        public IReadOnlyList<string> Words { get; init; } = [];
    }
}
