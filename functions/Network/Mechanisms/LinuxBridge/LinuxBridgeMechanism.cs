using Pipeline.Contracts.Drivers;
using Pipeline.Network.Hosts;

namespace Pipeline.Network.Mechanisms.LinuxBridge;

/// <summary>
/// A bridge per network on each host that has ports of it; VXLAN joins hosts, or a physical network, as a whole or by a VLAN.
/// VLANs and trunks are carried where the kernel runs the programs that tag and untag.
/// </summary>
internal sealed class LinuxBridgeMechanism : IMechanismDriver
{
    public string Name => NetworkHostRow.FirstDriver;

    public int Contract => DriverContract.Current;

    public PortBinding? Bind(BindingRequest request) =>
        request is { VnicType: "normal", SegmentType: "local" or "flat" or "vxlan" or "vlan" }
        && request.HostDriver == Name
        && (request.SegmentType != "vlan" || request.HostSegments.Contains("vlan"))
        && (!request.Tagged || request.HostTags)
            ? new("bridge", PortFilter: true)
            : null;
}
