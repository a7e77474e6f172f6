using System.Text.Json;

namespace Pipeline.Compute;

/// <summary>Nova's `links`: self under the version, bookmark without it.</summary>
internal static class Links
{
    /// <param name="baseUrl">The cloud's public URL.</param>
    public static void Write(Utf8JsonWriter w, string baseUrl, string collection, string id)
    {
        w.WriteStartArray("links");
        One(w, "self", $"{baseUrl}/compute/v2.1/{collection}/{id}");
        One(w, "bookmark", $"{baseUrl}/compute/{collection}/{id}");
        w.WriteEndArray();
    }

    public static void Bookmark(Utf8JsonWriter w, string baseUrl, string collection, string id)
    {
        w.WriteStartArray("links");
        One(w, "bookmark", $"{baseUrl}/compute/{collection}/{id}");
        w.WriteEndArray();
    }

    /// <summary>`{name}_links` with the next page.</summary>
    public static void Next(Utf8JsonWriter w, string name, string url)
    {
        w.WriteStartArray(name);
        One(w, "next", url);
        w.WriteEndArray();
    }

    private static void One(Utf8JsonWriter w, string rel, string href)
    {
        w.WriteStartObject();
        w.WriteString("rel", rel);
        w.WriteString("href", href);
        w.WriteEndObject();
    }
}
