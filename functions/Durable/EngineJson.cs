using System.Text.Json.Serialization;
using Pipeline.Contracts;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(FaultDetails))]
[JsonSerializable(typeof(RetryPolicy))]
[JsonSerializable(typeof(HostOrder))]
[JsonSerializable(typeof(Blocked))]
[JsonSerializable(typeof(TaskRow))]
[JsonSerializable(typeof(DeadAnswer))]
[JsonSerializable(typeof(DeadMessage))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(DateTimeOffset))]
internal sealed partial class EngineJson : JsonSerializerContext;
