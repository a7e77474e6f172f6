using System.Text.Json;
using Pipeline.Network.Ipam;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

internal static class SubnetView
{
    public static Collection<SubnetItem> All { get; } =
        new(
            "subnet",
            "subnets",
            "network/v2.0/subnets",
            Shown<SubnetItem>.Text("id", Use.Find, s => s.Row.Id.ToString()),
            Shown<SubnetItem>.Text("name", Use.Write | Use.Find, s => s.Row.Name),
            Shown<SubnetItem>.Text("tenant_id", Use.Create | Use.Find, s => s.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<SubnetItem>.Text("network_id", Use.Create | Use.Find, s => s.Row.NetworkId.ToString()),
            Shown<SubnetItem>.Number("ip_version", Use.Create | Use.Find, s => s.Row.IpVersion),
            Shown<SubnetItem>.Text("subnetpool_id", Use.Create | Use.Find, s => s.Row.SubnetpoolId?.ToString()),
            Shown<SubnetItem>.Flag("enable_dhcp", Use.Write | Use.Find, s => s.Row.EnableDhcp),
            Shown<SubnetItem>.Text(Ipv6Modes.RaMode, Use.Create | Use.Find, s => s.Row.Ipv6RaMode),
            Shown<SubnetItem>.Text(Ipv6Modes.AddressMode, Use.Create | Use.Find, s => s.Row.Ipv6AddressMode),
            Shown<SubnetItem>.Text("gateway_ip", Use.Write | Use.Find, s => s.Row.GatewayIp),
            Shown<SubnetItem>.Text("cidr", Use.Create | Use.Find, s => s.Row.Cidr),
            Shown<SubnetItem>.Objects("allocation_pools", Use.Write, s => s.Pools, WritePool),
            Shown<SubnetItem>.Objects("host_routes", Use.Write, s => s.Row.Routes, WriteRoute),
            Shown<SubnetItem>.Texts("dns_nameservers", Use.Write, s => s.Row.Nameservers),
            Shown<SubnetItem>.Texts("service_types", Use.Write, s => s.Row.Services),
            Shown<SubnetItem>.Text("description", Use.Write | Use.Find, s => s.Row.Description),
            Shown<SubnetItem>.Texts("tags", Use.None, s => s.Tags),
            Shown<SubnetItem>.Time("created_at", s => s.Row.CreatedAt),
            Shown<SubnetItem>.Time("updated_at", s => s.Row.UpdatedAt),
            Shown<SubnetItem>.Number("revision_number", Use.Find, s => s.Row.RevisionNumber),
            Shown<SubnetItem>.Text("project_id", Use.Create | Use.Find, s => s.Row.ProjectId.Value),
            Shown<SubnetItem>.Hidden("prefixlen", Use.Create),
            Shown<SubnetItem>.Hidden("use_default_subnetpool", Use.Create)
        )
        {
            Filters = new Dictionary<string, Filter>(TagFilters.All) { ["shared"] = OfSharedNetworks },
        };

    private static void OfSharedNetworks(Conditions conditions, IReadOnlyList<string> values)
    {
        conditions.In(
            RbacStore.IsShared.Replace("= x.id", "= x.network_id", StringComparison.Ordinal),
            AttributeKind.Flag,
            values
        );
    }

    private static void WritePool(Utf8JsonWriter json, AddressRange pool)
    {
        json.WriteString("start", pool.FirstAddress.ToString());
        json.WriteString("end", pool.LastAddress.ToString());
    }

    private static void WriteRoute(Utf8JsonWriter json, SubnetRoute route)
    {
        json.WriteString("destination", route.Destination);
        json.WriteString("nexthop", route.NextHop);
    }
}
