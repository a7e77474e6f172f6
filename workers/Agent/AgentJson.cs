using System.Text.Json.Serialization;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(JoinAnswer))]
internal sealed partial class AgentJson : JsonSerializerContext;
