using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Testing.Histories;

/// <summary>What one orchestration did in one run, as it stood in the database when it had ended.</summary>
/// <param name="Epoch">Of its resource when it began.</param>
public sealed record RecordedHistory(
    string Orchestration,
    int Version,
    string Id,
    int Generation,
    long Epoch,
    IReadOnlyList<RecordedEvent> Events
)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Without the results that came too late for a run that failed, which are kept behind its end for a rewind.</summary>
    public RecordedHistory ToItsEnd() =>
        this with
        {
            Events = [.. Events.Take(1 + Events.ToList().FindLastIndex(e => e.Kind == "ExecutionCompleted"))],
        };

    public static IReadOnlyList<RecordedHistory> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(Of)];
    }

    /// <summary>A line for each event, so that a change shows as lines.</summary>
    public static string Write(IEnumerable<RecordedHistory> histories) =>
        $"[\n{string.Join(",\n", histories.Select(h => h.ToText()))}\n]\n";

    private static RecordedHistory Of(JsonElement json) =>
        new(
            json.GetProperty("orchestration").GetString()!,
            json.GetProperty("version").GetInt32(),
            json.GetProperty("id").GetString()!,
            json.GetProperty("generation").GetInt32(),
            json.GetProperty("epoch").GetInt64(),
            [.. json.GetProperty("events").EnumerateArray().Select(RecordedEvent.Of)]
        );

    private string ToText()
    {
        var head = Text(json =>
        {
            json.WriteString("orchestration", Orchestration);
            json.WriteNumber("version", Version);
            json.WriteString("id", Id);
            json.WriteNumber("generation", Generation);
            json.WriteNumber("epoch", Epoch);
        });
        var events = string.Join(",\n", Events.Select(e => Text(e.Write)));
        return $"{head[..^1]},\"events\":[\n{events}\n]}}";
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Compact))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}

/// <param name="Kind">By its name in the database.</param>
/// <param name="Data">JSON; null where there is none.</param>
public sealed record RecordedEvent(string Kind, int Task, string? Name, string? Data, string? Hash, DateTimeOffset At)
{
    internal static RecordedEvent Of(JsonElement json) =>
        new(
            json.GetProperty("kind").GetString()!,
            json.TryGetProperty("task", out var task) ? task.GetInt32() : -1,
            json.TryGetProperty("name", out var name) ? name.GetString() : null,
            json.TryGetProperty("data", out var data) ? data.GetRawText() : null,
            json.TryGetProperty("hash", out var hash) ? hash.GetString() : null,
            json.GetProperty("at").GetDateTimeOffset()
        );

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("kind", Kind);
        if (Task >= 0)
            json.WriteNumber("task", Task);
        if (Name is not null)
            json.WriteString("name", Name);
        if (Data is not null)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(Data);
        }
        if (Hash is not null)
            json.WriteString("hash", Hash);
        json.WriteString("at", At);
    }
}
