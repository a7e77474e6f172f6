using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>A subnet as it is asked for or changed to: checked, its gateway and pools worked out. Pure.</summary>
internal sealed record NewSubnet(SubnetRow Row, IReadOnlyList<AddressRange> Pools)
{
    /// <returns>The row, without an id yet.</returns>
    public static NewSubnet Of(Fields item, Caller caller, Cidr cidr)
    {
        var network = item.Required("network_id").Id<NetworkId>();
        var dhcp = item.Flag("enable_dhcp", true);
        var modes = Ipv6Modes.Read(item, cidr, dhcp);
        var gateway = item.Has("gateway_ip") ? GatewayOf(item, cidr) : cidr.First.Next;
        var pools = AllocationPools.Of(item, cidr, gateway) ?? AllocationPools.Around(cidr, gateway);
        var row = new SubnetRow
        {
            ProjectId = item.ProjectOf(caller),
            NetworkId = network,
            Name = item.Text("name"),
            Description = item.Text("description"),
            IpVersion = cidr.Version,
            Cidr = cidr.ToString(),
            FirstAddress = cidr.First.Stored,
            LastAddress = cidr.Last.Stored,
            GatewayIp = gateway?.ToString(),
            EnableDhcp = dhcp,
            Ipv6RaMode = modes.Advertised,
            Ipv6AddressMode = modes.Addressed,
            DnsNameservers = GuestSettings.Nameservers(item, cidr.Version, ""),
            HostRoutes = GuestSettings.Routes(item, cidr.Version, ""),
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
            DnsNameservers = GuestSettings.Nameservers(item, row.IpVersion, row.DnsNameservers),
            HostRoutes = GuestSettings.Routes(item, row.IpVersion, row.HostRoutes),
            ServiceTypes = ServiceSubnets.Read(item, row.ServiceTypes),
        };
        row.Modes.CheckUpdate(after.EnableDhcp);
        CheckDhcp(after);
        return new(after, pools);
    }

    /// <returns>4 or 6.</returns>
    public static int VersionOf(Fields item)
    {
        var version = item.Required("ip_version").Int(text: true);
        return version is 4 or 6 ? version : throw NeutronFault.Invalid("ip_version", $"{version} is not in [4, 6].");
    }

    /// <summary>A gateway outside the subnet is the tenant's affair; the edges of one of IPv4 are nobody's.</summary>
    private static IpAddress? GatewayOf(Fields item, Cidr cidr)
    {
        if (item.Nullable("gateway_ip")?.String() is not { } text)
            return null;
        if (!IpAddress.TryParse(text, out var gateway))
            throw NeutronFault.Invalid("gateway_ip", $"'{text}' is not a valid IP address.");
        if (gateway.Version != cidr.Version)
            throw GuestSettings.OtherFamily("gateway_ip", text, cidr.Version);
        return cidr.Version == 4 && cidr.Contains(gateway) && !cidr.IsUsable(gateway)
            ? throw NeutronFault.InvalidInput("Gateway is not valid on subnet.")
            : gateway;
    }

    private static void CheckDhcp(SubnetRow row)
    {
        if (!row.EnableDhcp)
            return;
        var prefix = row.Prefix;
        var first = (int)(prefix.First.Number >> (prefix.First.Bits - 8));
        var (loopback, multicast) =
            row.IpVersion == 4 ? (first == 127, first is >= 224 and < 240) : (prefix.First.Number == 1, first == 255);
        var why =
            prefix.Length > prefix.First.Bits - 2
                ? "Subnet has a prefix length that is incompatible with DHCP service enabled."
            : row.IpVersion == 4 && first == 0
                ? $"First IP '{prefix.First}' of network is not supported if enable_dhcp is True."
            : loopback ? "Loopback IP subnet is not supported if enable_dhcp is True."
            : multicast ? "Multicast IP subnet is not supported if enable_dhcp is True."
            : null;
        if (why is not null)
            throw NeutronFault.InvalidInput(why);
    }
}
