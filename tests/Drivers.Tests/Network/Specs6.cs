using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Network;

/// <summary>Networks and ports with addresses of IPv6, as the control plane orders them.</summary>
internal static class Specs6
{
    public const int Icmp = 58;

    /// <summary>10.0.0.0/24 and fd00::/64, in which the DHCP server is ::2 and the gateway ::1.</summary>
    public static HostNetwork Network(string cloud, string? mode, string prefix = "fd00")
    {
        var network = Specs.Network(cloud);
        return network with
        {
            Subnets =
            [
                network.Subnets[0],
                new(new SubnetId(Guid.NewGuid()), $"{prefix}::/64", $"{prefix}::1", $"{prefix}::2", [], [])
                {
                    Ipv6AddressMode = mode,
                    Ipv6RaMode = mode,
                },
            ],
        };
    }

    /// <summary>A port with 10.0.0.number and the given address, else the one that its guest makes itself.</summary>
    public static HostPort Port(HostNetwork network, int number, string? address = null)
    {
        var (port, subnet) = (Specs.Port(network, number), network.Subnets[1]);
        return port with { Addresses = [.. port.Addresses, new(subnet.Id, address ?? Autonomous(subnet, port.Mac))] };
    }

    public static string Ipv6Of(HostPort port) => port.Addresses[1].Address;

    public static PortRule In(int? protocol = null, int? min = null, int? max = null, string? remote = null) =>
        Specs.Allow(RuleDirection.Ingress, protocol, min, max, remote, etherType: 6);

    private static string Autonomous(HostSubnet subnet, string mac) =>
        System.Net.IPAddress.Parse(subnet.Cidr.Split("::")[0] + LinkLocal.Of(mac)["fe80".Length..]).ToString();
}
