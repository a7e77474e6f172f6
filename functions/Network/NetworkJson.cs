using System.Text.Json.Serialization;
using Pipeline.Network.Activities;
using Pipeline.Network.Orchestrations;

namespace Pipeline.Network;

/// <summary>The JSON of this service's orchestrations and steps: it stands in histories.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(RefreshHost))]
[JsonSerializable(typeof(RemovePort))]
[JsonSerializable(typeof(ConvergeRouter))]
[JsonSerializable(typeof(PlaceRouter))]
[JsonSerializable(typeof(RouterPlan))]
[JsonSerializable(typeof(ForgetRouterCopies))]
[JsonSerializable(typeof(UnplaceRouter))]
[JsonSerializable(typeof(AcknowledgeRouter))]
[JsonSerializable(typeof(ReadStalePorts))]
[JsonSerializable(typeof(StalePorts))]
[JsonSerializable(typeof(AcknowledgeRefresh))]
[JsonSerializable(typeof(FindPortHost))]
[JsonSerializable(typeof(PortHost))]
[JsonSerializable(typeof(FreePort))]
internal sealed partial class NetworkJson : JsonSerializerContext;
