using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.BlockStorage.Types;

/// <summary>Specs of types and of QoS: text under keys of the letters that Cinder allows.</summary>
internal static partial class SpecMap
{
    /// <exception cref="Fault">BadRequest naming the key.</exception>
    public static Dictionary<string, string> Read(Fields fields)
    {
        var specs = fields.StringMap();
        foreach (var key in specs.Keys)
            if (!Key().IsMatch(key))
                throw fields[key].Wrong("has a key that is not of letters, digits, blanks and any of -_:.");
        return specs;
    }

    public static string TextOf(Dictionary<string, string> specs) =>
        JsonSerializer.Serialize(specs, BlockStorageJson.Default.DictionaryStringString);

    public static void Write(Utf8JsonWriter w, string name, Dictionary<string, string> specs)
    {
        w.WriteStartObject(name);
        foreach (var (key, value) in specs.OrderBy(spec => spec.Key, StringComparer.Ordinal))
            w.WriteString(key, value);
        w.WriteEndObject();
    }

    [GeneratedRegex(@"^[a-zA-Z0-9\-_:. ]+\z", RegexOptions.None, 1000)]
    private static partial Regex Key();
}
