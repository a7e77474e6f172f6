using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Durable;

/// <summary>The JSON of inputs, results and histories, from each assembly's generated context; reflection is off.</summary>
public sealed class DurableJson
{
    private static readonly Lock Gate = new();

    /// <summary>What is worked out of a type's JSON stays with the options: the same for all engines over the same contexts.</summary>
    private static readonly List<(IJsonTypeInfoResolver[] Contexts, JsonSerializerOptions Options)> Known = [];

    private readonly JsonSerializerOptions options;

    public DurableJson(IEnumerable<IJsonTypeInfoResolver> contexts) => options = OptionsOf([.. contexts]);

    public string Write<T>(T value) => JsonSerializer.Serialize(value, Info<T>());

    /// <summary>Writes a record by its own type, where the static type is an interface.</summary>
    public string WriteAs(object value) => JsonSerializer.Serialize(value, options.GetTypeInfo(value.GetType()));

    public T Read<T>(string json) =>
        JsonSerializer.Deserialize(json, Info<T>()) ?? throw new JsonException($"null is not a {typeof(T).Name}");

    private static JsonSerializerOptions OptionsOf(IJsonTypeInfoResolver[] contexts)
    {
        lock (Gate)
        {
            if (Known.Find(k => k.Contexts.SequenceEqual(contexts)) is { Options: { } made })
                return made;
            var first = new JsonSerializerOptions
            {
                TypeInfoResolver = JsonTypeInfoResolver.Combine([EngineJson.Default, .. contexts]),
            };
            Known.Add((contexts, first));
            return first;
        }
    }

    private JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
