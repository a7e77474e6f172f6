using System.Text.Json.Serialization;
using Pipeline.Contracts.Hosts;

namespace Pipeline.BlockStorage;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(BackendReport))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;
