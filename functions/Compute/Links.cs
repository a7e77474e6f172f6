using System.Text.Json;

namespace Pipeline.Compute;

/// <summary>Nova's `links`: self under the version, bookmark without it.</summary>
internal static class Links
{
    /// <param name="baseUrl">The cloud's public URL.</param>
    public static void Write(Utf8JsonWriter w, string baseUrl, string collection, string id)
    {
        w.WriteStartArray("links"u8);
        One(w, "self"u8, $"{baseUrl}/compute/v2.1/{collection}/{id}");
        One(w, "bookmark"u8, $"{baseUrl}/compute/{collection}/{id}");
        w.WriteEndArray();
    }

    public static void Bookmark(Utf8JsonWriter w, string baseUrl, string collection, string id)
    {
        w.WriteStartArray("links"u8);
        One(w, "bookmark"u8, $"{baseUrl}/compute/{collection}/{id}");
        w.WriteEndArray();
    }

    /// <summary>`{name}_links` with the next page.</summary>
    public static void Next(Utf8JsonWriter w, string name, string url)
    {
        w.WriteStartArray(name);
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
