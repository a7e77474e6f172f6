using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>A subnet as it is asked for or changed to: checked, its gateway and pools worked out. Pure.</summary>
internal sealed record NewSubnet(SubnetRow Row, IReadOnlyList<AddressRange> Pools)
{
    private const int MostNameservers = 5;
    private const int MostRoutes = 20;

    /// <returns>The row, without an id yet.</returns>
    public static NewSubnet Of(Fields item, Caller caller, Cidr cidr)
    {
        var network = item.Required("network_id").Id<NetworkId>();
        var dhcp = item.Flag("enable_dhcp", true);
        var gateway = item.Has("gateway_ip") ? GatewayOf(item, cidr) : cidr.First.Next;
        var pools = AllocationPools.Of(item, cidr, gateway) ?? AllocationPools.Around(cidr, gateway);
        var row = new SubnetRow
        {
            ProjectId = item.ProjectOf(caller),
            NetworkId = network,
            Name = item.Text("name"),
            Description = item.Text("description"),
            IpVersion = 4,
            Cidr = cidr.ToString(),
            FirstAddress = cidr.First.Stored,
            LastAddress = cidr.Last.Stored,
            GatewayIp = gateway?.ToString(),
            EnableDhcp = dhcp,
            DnsNameservers = item.Has("dns_nameservers") ? NameserversOf(item) : "",
            HostRoutes = item.Has("host_routes") ? RoutesOf(item) : "",
            ServiceTypes = ServiceSubnets.Read(item, ""),
        };
        CheckDhcp(row);
        return new(row, pools);
    }

    /// <summary>What the body names changes, the rest stays. Pools do not follow a new gateway: the two may conflict.</summary>
    public static NewSubnet Update(SubnetItem before, Fields item)
    {
        var row = before.Row;
        IpAddress? old = IpAddress.TryParse(row.GatewayIp, out var address) ? address : null;
        var gateway = item.Has("gateway_ip") ? GatewayOf(item, row.Prefix) : old;
        var pools = AllocationPools.Of(item, row.Prefix, gateway) ?? before.Pools;
        AllocationPools.CheckGateway(gateway, pools);
        var after = row with
        {
            Name = item.Text("name", row.Name),
            Description = item.Text("description", row.Description),
            GatewayIp = gateway?.ToString(),
            EnableDhcp = item.Flag("enable_dhcp", row.EnableDhcp),
            DnsNameservers = item.Has("dns_nameservers") ? NameserversOf(item) : row.DnsNameservers,
            HostRoutes = item.Has("host_routes") ? RoutesOf(item) : row.HostRoutes,
            ServiceTypes = ServiceSubnets.Read(item, row.ServiceTypes),
        };
        CheckDhcp(after);
        return new(after, pools);
    }

    /// <exception cref="Fault">BadRequest unless the subnet is of IPv4.</exception>
    public static void CheckVersion(Fields item)
    {
        var version = item.Required("ip_version").Int(text: true);
        if (version == 6)
            throw NeutronFault.InvalidInput("IPv6 subnets are not available in this cloud, ip_version must be 4.");
        if (version != 4)
            throw NeutronFault.Invalid("ip_version", $"{version} is not in valid_values.");
        foreach (var name in new[] { "ipv6_ra_mode", "ipv6_address_mode" })
            if (item.Nullable(name) is not null)
                throw NeutronFault.InvalidInput($"{name} is not valid when ip_version is 4.");
    }

    /// <summary>A gateway outside the subnet is the tenant's affair; the subnet's own edges are nobody's.</summary>
    private static IpAddress? GatewayOf(Fields item, Cidr cidr)
    {
        if (item.Nullable("gateway_ip")?.String() is not { } text)
            return null;
        if (!IpAddress.TryParseV4(text, out var gateway))
            throw NeutronFault.Invalid("gateway_ip", $"'{text}' is not a valid IP address.");
        return cidr.Contains(gateway) && !cidr.IsUsable(gateway)
            ? throw NeutronFault.InvalidInput("Gateway is not valid on subnet.")
            : gateway;
    }

    private static void CheckDhcp(SubnetRow row)
    {
        if (!row.EnableDhcp)
            return;
        var first = (int)(row.Prefix.First.Number >> 24);
        var why =
            row.Prefix.Length > 30 ? "Subnet has a prefix length that is incompatible with DHCP service enabled."
            : first == 0 ? $"First IP '{row.Prefix.First}' of network is not supported if enable_dhcp is True."
            : first == 127 ? "Loopback IP subnet is not supported if enable_dhcp is True."
            : first is >= 224 and < 240 ? "Multicast IP subnet is not supported if enable_dhcp is True."
            : null;
        if (why is not null)
            throw NeutronFault.InvalidInput(why);
    }

    private static string NameserversOf(Fields item)
    {
        var servers = item["dns_nameservers"].Array().Select(f => f.String()).ToList();
        foreach (var server in servers)
            if (!IpAddress.TryParseV4(server, out _))
                throw NeutronFault.Invalid("dns_nameservers", $"'{server}' is not a valid nameserver.");
        if (servers.GroupBy(s => s).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw NeutronFault.Invalid("dns_nameservers", $"Duplicate nameserver '{twice.Key}'.");
        if (servers.Count > MostNameservers)
            throw TooMany("DNSNameServersExhausted", "DNS nameservers", MostNameservers);
        return string.Join(',', servers);
    }

    private static string RoutesOf(Fields item)
    {
        var routes = item["host_routes"].Array().Select(f => RouteOf(f.Object())).ToList();
        if (routes.Count > MostRoutes)
            throw TooMany("HostRoutesExhausted", "host routes", MostRoutes);
        if (routes.GroupBy(r => r).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw NeutronFault.Invalid("host_routes", $"Duplicate hostroute '{twice.Key}'.");
        return string.Join(',', routes);
    }

    private static string RouteOf(Fields route)
    {
        var destination = route.String("destination");
        var hop = route.String("nexthop");
        if (!destination.Contains('/') || !Ipam.Cidr.TryParse(destination, out var cidr) || cidr.Version != 4)
            throw NeutronFault.Invalid("host_routes", $"'{destination}' is not a valid CIDR.");
        return IpAddress.TryParseV4(hop, out _)
            ? $"{cidr}={hop}"
            : throw NeutronFault.InvalidInput($"nexthop '{hop}' does not match the ip_version '4'.");
    }

    private static Fault TooMany(string type, string what, int most) =>
        NeutronFault.Bad(
            type,
            $"Unable to complete operation for new subnet. The number of {what} exceeds the limit {most}."
        );
}
