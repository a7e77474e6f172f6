using System.Text;
using System.Text.Json;

namespace Pipeline.Runtime.Settings;

/// <summary>A JSON settings file, flattened to its leaves, each with its line: refusals say where. Comments are allowed.</summary>
internal sealed class SettingsFile
{
    private static readonly JsonReaderOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };
    private readonly Dictionary<string, Setting> settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> read = new(StringComparer.OrdinalIgnoreCase);
    private readonly string name;

    /// <param name="name">The file's name, for refusals.</param>
    /// <exception cref="Fault">BadRequest when it is not JSON, or not an object.</exception>
    public SettingsFile(string name, byte[] json)
    {
        this.name = name;
        ReadOnlySpan<byte> text = json;
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        try
        {
            Flatten(text);
        }
        catch (JsonException malformed)
        {
            throw Refused((int)(malformed.LineNumber ?? 0) + 1, $"it is not JSON: {malformed.Message}");
        }
    }

    /// <summary>The leaf at this path, as `extensions.queues.batchSize`; null when it is absent.</summary>
    public Setting? Find(string path)
    {
        read.Add(path);
        return settings.GetValueOrDefault(path);
    }

    /// <summary>All leaves below a path, by their name below it.</summary>
    public IEnumerable<(string Name, Setting Setting)> Below(string path)
    {
        foreach (var (key, setting) in settings)
            if (key.StartsWith(path + ".", StringComparison.OrdinalIgnoreCase))
            {
                read.Add(key);
                yield return (key[(path.Length + 1)..], setting);
            }
    }

    /// <summary>A setting that nobody reads is a typing error, or a wish that would silently not be granted.</summary>
    /// <exception cref="Fault">BadRequest naming the first one.</exception>
    public void RefuseUnknown()
    {
        var unknown = settings.Values.Where(setting => !read.Contains(setting.Path)).MinBy(setting => setting.Line);
        if (unknown is not null)
            throw unknown.Wrong("is not a setting that this host knows");
    }

    private void Flatten(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, Lenient);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Refused(1, "it must be a JSON object");
        ReadObject(ref reader, text, "");
        reader.Read();
    }

    private void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, string path)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var line = text[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
            var below = path.Length == 0 ? reader.GetString()! : $"{path}.{reader.GetString()}";
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadObject(ref reader, text, below);
            else
                Add(ref reader, below, line);
        }
    }

    private void Add(ref Utf8JsonReader reader, string path, int line)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
            throw Refused(line, $"{path} must not be an array");
        var kind = reader.TokenType;
        var text = kind == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        settings[path] = new(name, path, line, kind, text);
    }

    private Fault Refused(int line, string what) => Fault.BadRequest($"{name} line {line}: {what}.");
}
