using System.Text.Json;

namespace Pipeline.Image.Images;

/// <summary>Images on the wire, as Glance v2 has them: custom properties among the known ones, links below `/v2`.</summary>
internal static class ImageView
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Below the service's own root: clients put their endpoint before it.</summary>
    public static string PathOf(ImageId id) => $"/v2/images/{id}";

    public static void Write(Utf8JsonWriter w, Image image)
    {
        w.WriteStartObject();
        foreach (var (name, value) in image.Extra)
            w.WriteString(name, value);
        w.WriteString("name", image.Name);
        w.WriteString("disk_format", image.DiskFormat);
        w.WriteString("container_format", image.ContainerFormat);
        w.WriteString("visibility", image.Visibility);
        WriteFile(w, image);
        w.WriteBoolean("protected", image.Protected);
        w.WriteNumber("min_ram", image.MinRam);
        w.WriteNumber("min_disk", image.MinDisk);
        w.WriteString("owner", image.ProjectId.Value);
        w.WriteBoolean("os_hidden", image.OsHidden);
        w.WriteString("id", image.Id.Value);
        w.WriteString("created_at", image.CreatedAt.ToString(Time));
        w.WriteString("updated_at", image.UpdatedAt.ToString(Time));
        w.WriteStartArray("tags");
        foreach (var tag in image.TagList)
            w.WriteStringValue(tag);
        w.WriteEndArray();
        w.WriteString("self", PathOf(image.Id));
        w.WriteString("file", $"{PathOf(image.Id)}/file");
        w.WriteString("schema", "/v2/schemas/image");
        w.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter w, Image image)
    {
        Number(w, "size", image.Size);
        Number(w, "virtual_size", image.VirtualSize);
        w.WriteString("status", image.Status);
        w.WriteString("checksum", image.Checksum);
        w.WriteString("os_hash_algo", image.Sha512 is null ? null : "sha512");
        w.WriteString("os_hash_value", image.Sha512);
    }

    private static void Number(Utf8JsonWriter w, string name, long? value)
    {
        if (value is { } number)
            w.WriteNumber(name, number);
        else
            w.WriteNull(name);
    }
}
