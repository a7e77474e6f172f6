using System.Text.Json;

namespace Pipeline.Runtime;

/// <summary>
/// An object of a request body. Every reader throws a BadRequest <see cref="Fault"/> that names the field by its path.
/// </summary>
public readonly struct Fields(JsonElement json, string path)
{
    public JsonElement Json { get; } = json;

    public string Path { get; } = path;

    /// <summary>A field that must be there.</summary>
    public Field this[string name] =>
        Optional(name) ?? throw Fault.BadRequest($"Invalid input: field {PathOf(name)} is required.");

    /// <summary>True when the key is there, also with null: updates tell "leave it" from "clear it" by this.</summary>
    public bool Has(string name) => Json.TryGetProperty(name, out _);

    /// <summary>Null when the key is absent. A JSON null is a value here, and refused by the readers.</summary>
    public Field? Optional(string name) =>
        Json.TryGetProperty(name, out var value) ? new Field(value, PathOf(name)) : null;

    /// <summary>Null when the key is absent or its value is null.</summary>
    public Field? Nullable(string name) => Optional(name) is { IsNull: false } field ? field : null;

    public Fields Object(string name) => this[name].Object();

    public string String(string name, int min = 0, int max = 255) => this[name].String(min, max);

    public int Int(string name, int min = int.MinValue, int max = int.MaxValue) => this[name].Int(min, max);

    public bool Bool(string name) => this[name].Bool();

    public TId Id<TId>(string name)
        where TId : struct, IId<TId> => this[name].Id<TId>();

    public IReadOnlyList<Field> Array(string name, int min = 0, int max = 1000) => this[name].Array(min, max);

    /// <summary>Each key once, in the body's order, with its last value.</summary>
    public IEnumerable<(string Name, Field Value)> Entries()
    {
        var seen = new HashSet<string>();
        foreach (var property in Json.EnumerateObject())
            if (seen.Add(property.Name) && Optional(property.Name) is { } field)
                yield return (property.Name, field);
    }

    /// <summary>Metadata: string values under keys of 1 to <paramref name="maxKey"/> characters.</summary>
    public Dictionary<string, string> StringMap(int maxKey = 255, int maxValue = 255, int maxEntries = 1000)
    {
        var map = new Dictionary<string, string>();
        foreach (var (name, field) in Entries())
        {
            if (name.Length == 0 || name.Length > maxKey)
                throw field.Wrong($"has a key that is not 1 to {maxKey} characters long");
            if (map.Count == maxEntries)
                throw Fault.BadRequest($"Invalid input for field {Path}: it has more than {maxEntries} entries.");
            map.Add(name, field.String(0, maxValue));
        }
        return map;
    }

    /// <summary>Refuses keys that are not named, where the API's schema is closed.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var property in Json.EnumerateObject())
            if (!names.Contains(property.Name))
                throw Fault.BadRequest(
                    $"Invalid input for field {(Path.Length == 0 ? "body" : Path)}: "
                        + $"Additional properties are not allowed ('{property.Name}' was unexpected)."
                );
    }

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
