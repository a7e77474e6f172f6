using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Pipeline.Agent.Metadata;

/// <summary>`network_data.json`: what a guest needs to configure its interfaces without DHCP, and whether it may use it.</summary>
internal static class NetworkDocument
{
    public static byte[] Write(IReadOnlyList<MetadataNic> nics)
    {
        var addresses = nics.SelectMany(nic => nic.Addresses.Select(address => (nic, address)));
        var networks = addresses.Select((pair, number) => Network(pair.nic, pair.address, $"network{number}"));
        var dns = nics.SelectMany(nic => nic.Addresses).SelectMany(address => address.Subnet.DnsServers).Distinct();
        var view = new NetworkDataView([.. nics.Select(Link)], [.. networks], [.. dns.Select(Dns)]);
        return JsonSerializer.SerializeToUtf8Bytes(view, GuestJson.Context.NetworkDataView);
    }

    private static LinkView Link(MetadataNic nic) =>
        nic.Tag is { } tag
            ? new(LinkId(nic.Port), nic.Port, Type: "vlan", nic.Mtu, EthernetMacAddress: nic.Mac)
            {
                VlanId = tag.Vlan,
                VlanLink = LinkId(tag.Parent),
                VlanMacAddress = nic.Mac,
            }
            : new(LinkId(nic.Port), nic.Port, Type: "bridge", nic.Mtu, EthernetMacAddress: nic.Mac);

    // Neutron's name for a port's device; guests only use it to tell links apart.
    private static string LinkId(PortId port) => $"tap{port}"[..14];

    private static NetworkView Network(MetadataNic nic, MetadataAddress address, string id)
    {
        var subnet = address.Subnet;
        var family = IPAddress.Parse(address.Address).AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6";
        // Who said how addresses of IPv6 are configured is told all the same what the address will be, as by Nova.
        if (subnet.DhcpAddress is not null && subnet.Ipv6AddressMode is null)
            return new(id, $"{family}_dhcp", LinkId(nic.Port), nic.Network);
        var prefix = IPNetwork.Parse(subnet.Cidr);
        var everywhere = family == "ipv4" ? "0.0.0.0/0" : "::/0";
        var routes = subnet.Routes.Select(route => Route(route.Destination, route.NextHop));
        var ways = subnet.Gateway is { } gateway ? routes.Prepend(Route(everywhere, gateway)) : routes;
        var type = subnet.Ipv6AddressMode is { } mode ? $"{family}_{mode}" : family;
        return new(id, type, LinkId(nic.Port), nic.Network)
        {
            IpAddress = address.Address,
            Netmask = Netmask(prefix),
            Routes = [.. ways],
            Services = [.. subnet.DnsServers.Select(Dns)],
        };
    }

    private static RouteView Route(string destination, string gateway)
    {
        var prefix = IPNetwork.Parse(destination);
        return new(prefix.BaseAddress.ToString(), Netmask(prefix), gateway);
    }

    private static ServiceView Dns(string address) => new("dns", address);

    private static string Netmask(IPNetwork network)
    {
        var mask = network.BaseAddress.GetAddressBytes();
        for (var i = 0; i < mask.Length; i++)
            mask[i] = (byte)(0xff00 >> Math.Clamp(network.PrefixLength - i * 8, 0, 8));
        return new IPAddress(mask).ToString();
    }
}

internal sealed record NetworkDataView(
    IReadOnlyList<LinkView> Links,
    IReadOnlyList<NetworkView> Networks,
    IReadOnlyList<ServiceView> Services
);

internal sealed record LinkView(string Id, PortId VifId, string Type, int Mtu, string EthernetMacAddress)
{
    /// <summary>The tag's number, of a link by another one; null for a device.</summary>
    public int? VlanId { get; init; }

    /// <summary>The id of the link whose device it is.</summary>
    public string? VlanLink { get; init; }

    public string? VlanMacAddress { get; init; }
}

internal sealed record NetworkView(string Id, string Type, string Link, NetworkId NetworkId)
{
    public string? IpAddress { get; init; }

    public string? Netmask { get; init; }

    public IReadOnlyList<RouteView>? Routes { get; init; }

    public IReadOnlyList<ServiceView>? Services { get; init; }
}

internal sealed record RouteView(string Network, string Netmask, string Gateway);

internal sealed record ServiceView(string Type, string Address);
