using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Network.Wire;

/// <summary>A JSON object being rendered.</summary>
internal static class Document
{
    public const string Type = "application/json";

    // Answers are application/json, never HTML: text stays readable.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="write">Writes what stands between the outer braces.</param>
    public static byte[] Render(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(bytes, Plain);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A bare list of objects, as some actions answer.</summary>
    public static byte[] RenderList<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(bytes, Plain);
        json.WriteObjects(items, write);
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    public static Answer Answer(Action<Utf8JsonWriter> write) => Runtime.Answer.Bytes(200, Render(write), Type);

    /// <summary>A list of objects under a name.</summary>
    public static void WriteObjects<T>(
        this Utf8JsonWriter json,
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write
    )
    {
        json.WritePropertyName(name);
        json.WriteObjects(items, write);
    }

    public static void WriteObjects<T>(this Utf8JsonWriter json, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void WriteTexts(this Utf8JsonWriter json, IEnumerable<string> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
