using Pipeline.Contracts.Drivers;

namespace Pipeline.Examples.PlainBridge;

/// <summary>Binds what a plain bridge can do: networks of one host without DHCP, ports without port security.</summary>
public sealed class PlainBridgeMechanism : IMechanismDriver
{
    public string Name => "plain-bridge";
    public int Contract => DriverContract.Current;

    public PortBinding? Bind(BindingRequest request) =>
        request is { VnicType: "normal", SegmentType: "local", Secured: false, Dhcp: false, Tagged: false }
        && request.HostDriver == Name
            ? new("bridge", PortFilter: false)
            : null;
}
