using System.Text.Json.Serialization;
using Pipeline.Placement.Hosts;

namespace Pipeline.Placement;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HostListView))]
[JsonSerializable(typeof(JoinTokenView))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class PlacementJson : JsonSerializerContext;
