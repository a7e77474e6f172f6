using Pipeline.Contracts.Drivers;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Mechanisms.LinuxBridge;

/// <summary>A bridge per network on each host that has ports of it; VXLAN joins hosts.</summary>
internal sealed class LinuxBridgeMechanism : IMechanismDriver
{
    public string Name => NetworkHostRow.FirstDriver;

    public int Contract => DriverContract.Current;

    public PortBinding? Bind(BindingRequest request) =>
        request is { VnicType: "normal", SegmentType: "local" or "flat" or "vxlan" } && request.HostDriver == Name
            ? new("bridge", PortFilter: true)
            : null;
}
