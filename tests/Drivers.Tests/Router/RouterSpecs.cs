using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Router;

/// <summary>Routers as the control plane orders them.</summary>
internal static class RouterSpecs
{
    public static HostRouter Router(string cloud) =>
        new(new RouterId(Guid.NewGuid()), cloud, AdminUp: true, [], null, [], []);

    /// <summary>A router's port: nobody judges what it lets through.</summary>
    public static HostPort Port(HostNetwork network, string address, int number) =>
        new(
            new PortId(Guid.NewGuid()),
            network.Id,
            network.Cloud,
            $"fa:16:3e:00:01:{number:x2}",
            [new HostAddress(network.Subnets[0].Id, address)],
            HostName: "",
            network.Mtu,
            AdminUp: true,
            Secured: false,
            []
        )
        {
            Routed = true,
        };

    public static RouterLeg LegOf(HostPort port) =>
        new(port.Id, port.Mac, [$"{port.Addresses[0].Address}/24"], port.Mtu);
}
