using System.Text.Json.Serialization;
using Pipeline.Compute.Activities;
using Pipeline.Compute.Flavors;
using Pipeline.Compute.Orchestrations;

namespace Pipeline.Compute;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProvisionServer))]
[JsonSerializable(typeof(DeleteServer))]
[JsonSerializable(typeof(StartServer))]
[JsonSerializable(typeof(StopServer))]
[JsonSerializable(typeof(RebootServer))]
[JsonSerializable(typeof(ClaimHost))]
[JsonSerializable(typeof(ReleaseHost))]
[JsonSerializable(typeof(MarkServerError))]
[JsonSerializable(typeof(MarkServerActive))]
[JsonSerializable(typeof(MarkServerStopped))]
[JsonSerializable(typeof(MarkActionFailed))]
[JsonSerializable(typeof(RemoveServer))]
[JsonSerializable(typeof(FindHoldings))]
[JsonSerializable(typeof(ServerHoldings))]
[JsonSerializable(typeof(Contracts.Placement.Allocation))]
[JsonSerializable(typeof(AttachVolume))]
[JsonSerializable(typeof(DetachVolume))]
[JsonSerializable(typeof(ReleaseVolume))]
[JsonSerializable(typeof(KeepServerVolume))]
[JsonSerializable(typeof(FindVolumePlace))]
[JsonSerializable(typeof(VolumePlace))]
[JsonSerializable(typeof(ForgetServerVolume))]
[JsonSerializable(typeof(FailVolumeAction))]
[JsonSerializable(typeof(AbandonVolume))]
[JsonSerializable(typeof(BeginRelease))]
[JsonSerializable(typeof(BeginReleases))]
[JsonSerializable(typeof(AwaitReleases))]
[JsonSerializable(typeof(Contracts.Drivers.VolumeConnection))]
[JsonSerializable(typeof(FlavorSpec))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class ComputeJson : JsonSerializerContext;
