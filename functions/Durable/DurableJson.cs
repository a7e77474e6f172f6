using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Durable;

/// <summary>The JSON of inputs, results and histories, from each assembly's generated context; reflection is off.</summary>
public sealed class DurableJson
{
    private readonly JsonSerializerOptions options;

    public DurableJson(IEnumerable<IJsonTypeInfoResolver> contexts) =>
        options = new JsonSerializerOptions
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine([EngineJson.Default, .. contexts]),
        };

    public string Write<T>(T value) => JsonSerializer.Serialize(value, Info<T>());

    /// <summary>Writes a record by its own type, where the static type is an interface.</summary>
    public string WriteAs(object value) => JsonSerializer.Serialize(value, options.GetTypeInfo(value.GetType()));

    public T Read<T>(string json) =>
        JsonSerializer.Deserialize(json, Info<T>()) ?? throw new JsonException($"null is not a {typeof(T).Name}");

    private JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
