using System.Text.Json.Serialization;

namespace Pipeline.BlockStorage;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;
