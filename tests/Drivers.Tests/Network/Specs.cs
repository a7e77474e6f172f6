using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network;

/// <summary>Networks and ports as the control plane orders them.</summary>
internal static class Specs
{
    public const int Icmp = 1;
    public const int Tcp = 6;
    public const int Udp = 17;

    /// <summary>10.0.0.0/24 with DHCP at .2 and a gateway at .1.</summary>
    public static HostNetwork Network(string cloud) =>
        new(
            new NetworkId(Guid.NewGuid()),
            cloud,
            SegmentType: "local",
            SegmentId: 0,
            Mtu: 1450,
            [new HostSubnet(new SubnetId(Guid.NewGuid()), "10.0.0.0/24", "10.0.0.1", "10.0.0.2", [], [])]
        );

    /// <summary>A secured port with the address 10.0.0.number that lets everything out and nothing in.</summary>
    public static HostPort Port(HostNetwork network, int number) =>
        new(
            new PortId(Guid.NewGuid()),
            network.Id,
            network.Cloud,
            $"fa:16:3e:00:00:{number:x2}",
            [new HostAddress(network.Subnets[0].Id, $"10.0.0.{number}")],
            HostName: $"host-{number}",
            network.Mtu,
            AdminUp: true,
            Secured: true,
            [Allow(RuleDirection.Egress), Allow(RuleDirection.Egress, etherType: 6)]
        );

    public static PortRule Allow(
        RuleDirection direction,
        int? protocol = null,
        int? min = null,
        int? max = null,
        string? remote = null,
        int etherType = 4
    ) => new(direction, etherType, protocol, min, max, remote is null ? null : [remote]);

    public static PortRule In(int? protocol = null, int? min = null, int? max = null, string? remote = null) =>
        Allow(RuleDirection.Ingress, protocol, min, max, remote);

    public static PortRule Out(int? protocol = null, int? min = null, int? max = null, string? remote = null) =>
        Allow(RuleDirection.Egress, protocol, min, max, remote);

    public static HostPort With(this HostPort port, params PortRule[] rules) =>
        port with
        {
            Rules = [.. port.Rules, .. rules],
        };
}
