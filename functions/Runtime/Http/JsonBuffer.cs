using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Runtime;

/// <summary>A JSON document being written, in memory that is used again by the next answer of this thread.</summary>
internal sealed class JsonBuffer
{
    private const int LargestKept = 1 << 20;

    [ThreadStatic]
    private static JsonBuffer? spare;

    private readonly ArrayBufferWriter<byte> bytes = new(4096);

    private JsonBuffer()
    {
        // Answers are application/json, never HTML: text stays readable.
        Writer = new(
            bytes,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
        );
    }

    public Utf8JsonWriter Writer { get; }

    public static JsonBuffer Take()
    {
        var buffer = spare ?? new();
        spare = null;
        buffer.bytes.ResetWrittenCount();
        buffer.Writer.Reset();
        return buffer;
    }

    public Task SendAsync(HttpContext context, int status)
    {
        Writer.Flush();
        var sent = Body.WriteAsync(context, status, "application/json", bytes.WrittenMemory);
        if (!sent.IsCompletedSuccessfully)
            return GiveBackAsync(sent);
        GiveBack();
        return sent;
    }

    private async Task GiveBackAsync(Task sent)
    {
        await sent;
        GiveBack();
    }

    private void GiveBack()
    {
        if (bytes.Capacity <= LargestKept)
            spare = this;
    }
}
