using System.Text.Json.Serialization;
using Pipeline.Placement.Activities;
using Pipeline.Placement.Hosts;
using Pipeline.Placement.Ledger;
using Pipeline.Placement.Orchestrations;

namespace Pipeline.Placement;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HostListView))]
[JsonSerializable(typeof(JoinTokenView))]
[JsonSerializable(typeof(QuarantineView))]
[JsonSerializable(typeof(ReclaimView))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class PlacementJson : JsonSerializerContext;

/// <summary>What stands in histories.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(SweepHost))]
[JsonSerializable(typeof(ReclaimHoldings))]
[JsonSerializable(typeof(CheckLineage))]
[JsonSerializable(typeof(CompareHoldings))]
[JsonSerializable(typeof(ForgetQuarantined))]
internal sealed partial class PlacementDurableJson : JsonSerializerContext;
