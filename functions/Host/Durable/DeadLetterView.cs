using System.Text.Json;
using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

internal static class DeadLetterView
{
    public static void Write(Utf8JsonWriter w, IEnumerable<DeadLetter> letters)
    {
        w.WriteStartArray();
        foreach (var letter in letters)
            Write(w, letter);
        w.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter w, DeadLetter letter)
    {
        w.WriteStartObject();
        w.WriteNumber("id", letter.Id);
        w.WriteString("kind", letter.Kind);
        w.WriteString("subject", letter.Subject);
        w.WriteString("instanceId", letter.InstanceId);
        w.WriteString("name", letter.Name);
        w.WriteStartObject("fault");
        w.WriteString("code", letter.Fault.Code.ToString());
        w.WriteString("message", letter.Fault.Message);
        w.WriteEndObject();
        w.WriteString("time", letter.At);
        w.WriteEndObject();
    }
}
