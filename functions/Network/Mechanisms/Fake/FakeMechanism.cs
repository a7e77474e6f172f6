using Pipeline.Contracts.Drivers;

namespace Pipeline.Network.Mechanisms.Fake;

/// <summary>Binds what hosts without metal take: the same as bridges do, and nothing is plugged.</summary>
internal sealed class FakeMechanism : IMechanismDriver
{
    public string Name => "fake";

    public int Contract => DriverContract.Current;

    public PortBinding? Bind(BindingRequest request) =>
        request is { VnicType: "normal", SegmentType: "local" or "flat" or "vxlan" or "vlan" }
        && request.HostDriver == Name
        && (!request.Tagged || request.HostTags)
            ? new("other", PortFilter: true)
            : null;
}
