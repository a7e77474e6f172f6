using System.Text.Json;

namespace Pipeline.Identity;

/// <summary>Attributes that Keystone does not know but keeps, and shows beside its own.</summary>
internal static class Extras
{
    public const string None = "{}";

    /// <summary>All but the named keys, and those that answers have of their own.</summary>
    public static Dictionary<string, JsonElement> Read(Fields fields, params string[] known) =>
        fields
            .Entries()
            .Where(entry => !known.Contains(entry.Name) && entry.Name is not ("id" or "links" or "options"))
            .ToDictionary(entry => entry.Name, entry => entry.Value.Json);

    public static Dictionary<string, JsonElement>? Show(string stored) =>
        stored == None ? null : JsonSerializer.Deserialize(stored, IdentityJson.Default.DictionaryStringJsonElement);

    /// <summary>What is stored, with what is given laid over it.</summary>
    public static string Merge(string stored, Dictionary<string, JsonElement> given)
    {
        if (given.Count == 0)
            return stored;
        var merged = Show(stored) ?? [];
        foreach (var (name, value) in given)
            merged[name] = value;
        return JsonSerializer.Serialize(merged, IdentityJson.Default.DictionaryStringJsonElement);
    }
}
