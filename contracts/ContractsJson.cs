using System.Text.Json.Serialization;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Image;
using Pipeline.Contracts.Network;

namespace Pipeline.Contracts;

/// <summary>The JSON of everything that crosses a process: host messages, host activities and their results.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(FaultDetails))]
[JsonSerializable(typeof(HostMessage))]
[JsonSerializable(typeof(SignedMessage))]
[JsonSerializable(typeof(PulledMessage))]
[JsonSerializable(typeof(PulledMessage[]))]
[JsonSerializable(typeof(PullRequest))]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(HostAnswer))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(QueueAnswer))]
[JsonSerializable(typeof(HostInventory))]
[JsonSerializable(typeof(HostSignal))]
[JsonSerializable(typeof(AskAnswer))]
[JsonSerializable(typeof(EnsureRouter))]
[JsonSerializable(typeof(RemoveRouter))]
[JsonSerializable(typeof(CreateDisks))]
[JsonSerializable(typeof(DeleteDisks))]
[JsonSerializable(typeof(WriteImage))]
[JsonSerializable(typeof(StartGuest))]
[JsonSerializable(typeof(DestroyGuest))]
[JsonSerializable(typeof(PowerOnGuest))]
[JsonSerializable(typeof(PowerOffGuest))]
[JsonSerializable(typeof(GuestPassword))]
[JsonSerializable(typeof(ReadConsole))]
[JsonSerializable(typeof(ConsoleText))]
[JsonSerializable(typeof(BindPorts))]
[JsonSerializable(typeof(BoundPorts))]
[JsonSerializable(typeof(UnbindPorts))]
[JsonSerializable(typeof(MarkPortsActive))]
[JsonSerializable(typeof(PlugPorts))]
[JsonSerializable(typeof(PluggedPorts))]
[JsonSerializable(typeof(UnplugPorts))]
[JsonSerializable(typeof(RefreshPorts))]
[JsonSerializable(typeof(EvictImage))]
[JsonSerializable(typeof(MakeVolume))]
[JsonSerializable(typeof(FillVolume))]
[JsonSerializable(typeof(GrowVolume))]
[JsonSerializable(typeof(RemoveVolume))]
[JsonSerializable(typeof(KeepSnapshot))]
[JsonSerializable(typeof(DropSnapshot))]
[JsonSerializable(typeof(SendImage))]
[JsonSerializable(typeof(ListHoldings))]
[JsonSerializable(typeof(HostHoldings))]
[JsonSerializable(typeof(SyncPowerStates))]
[JsonSerializable(typeof(PowerSync))]
public sealed partial class ContractsJson : JsonSerializerContext;
