using System.Text.Json.Serialization;
using Pipeline.Audit.Chains;
using Pipeline.Audit.Events;

namespace Pipeline.Audit;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(EventListView))]
[JsonSerializable(typeof(ChainListView))]
[JsonSerializable(typeof(VerificationView))]
internal sealed partial class AuditJson : JsonSerializerContext;
