using System.Text.Json;

namespace Pipeline.BlockStorage;

/// <summary>Cinder's `links`: self under the version, bookmark without it; both name the project.</summary>
internal static class Links
{
    /// <param name="baseUrl">The cloud's public URL.</param>
    /// <param name="project">Null for a caller without one, whose links name none.</param>
    public static void Write(Utf8JsonWriter w, string baseUrl, ProjectId? project, string collection, string id)
    {
        var path = project is null ? $"{collection}/{id}" : $"{project}/{collection}/{id}";
        w.WriteStartArray("links"u8);
        One(w, "self"u8, $"{baseUrl}/volume/v3/{path}");
        One(w, "bookmark"u8, $"{baseUrl}/volume/{path}");
        w.WriteEndArray();
    }

    /// <summary>`{collection}_links` with the next page.</summary>
    public static void Next(Utf8JsonWriter w, string collection, string url)
    {
        w.WriteStartArray($"{collection}_links");
        One(w, "next"u8, url);
        w.WriteEndArray();
    }

    private static void One(Utf8JsonWriter w, ReadOnlySpan<byte> rel, string href)
    {
        w.WriteStartObject();
        w.WriteString("rel"u8, rel);
        w.WriteString("href"u8, href);
        w.WriteEndObject();
    }
}
