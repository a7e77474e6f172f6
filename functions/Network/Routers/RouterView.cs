using System.Text.Json;
using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Ipam;
using Pipeline.Network.Subnets;
using Pipeline.Network.Tags;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

internal static class RouterView
{
    /// <summary>Neutron's routers of one node are always that.</summary>
    private const string Active = "ACTIVE";

    public static Collection<RouterItem> All { get; } =
        new(
            "router",
            "routers",
            "network/v2.0/routers",
            Shown<RouterItem>.Text("id", Use.Find, r => r.Row.Id.ToString()),
            Shown<RouterItem>.Text("name", Use.Write | Use.Find, r => r.Row.Name),
            Shown<RouterItem>.Text("tenant_id", Use.Create | Use.Find, r => r.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<RouterItem>.Flag("admin_state_up", Use.Write | Use.Find, r => r.Row.AdminStateUp),
            Shown<RouterItem>.Text("status", Use.Find, _ => Active) with
            {
                Column = $"'{Active}'",
            },
            new("external_gateway_info", Use.Write, WriteGateway),
            Shown<RouterItem>.Texts(ZoneHints.Name, Use.Create, r => ZoneHints.Split(r.Row.AvailabilityZoneHints)),
            Shown<RouterItem>.Texts("availability_zones", Use.None, r => r.Zone is { } zone ? [zone] : []),
            Shown<RouterItem>.Text("description", Use.Write | Use.Find, r => r.Row.Description),
            Shown<RouterItem>.Objects("routes", Use.Update, r => r.Row.ExtraRoutes, WriteRoute),
            Shown<RouterItem>.Texts("tags", Use.None, r => r.Tags),
            Shown<RouterItem>.Time("created_at", r => r.Row.CreatedAt),
            Shown<RouterItem>.Time("updated_at", r => r.Row.UpdatedAt),
            Shown<RouterItem>.Number("revision_number", Use.Find, r => r.Row.RevisionNumber),
            Shown<RouterItem>.Text("project_id", Use.Create | Use.Find, r => r.Row.ProjectId.Value),
            // Clients that say what is so are not refused; that it could be otherwise is in no extension here.
            Shown<RouterItem>.Hidden("distributed", Use.Write | Use.AdminSets),
            Shown<RouterItem>.Hidden("ha", Use.Write | Use.AdminSets)
        )
        {
            Filters = TagFilters.All,
        };

    /// <summary>What has been done to an interface: the router, and the port with its subnets.</summary>
    public static Answer Interface(RouterRow router, RouterInterface leg) =>
        Document.Answer(json =>
        {
            json.WriteString("id", router.Id.ToString());
            json.WriteString("tenant_id", router.ProjectId.Value);
            json.WriteString("port_id", leg.Port.ToString());
            json.WriteString("network_id", leg.Network.ToString());
            json.WriteString("subnet_id", leg.Subnets[0].ToString());
            json.WritePropertyName("subnet_ids");
            json.WriteTexts(leg.Subnets.Select(s => s.ToString()));
        });

    private static void WriteGateway(Utf8JsonWriter json, RouterItem item)
    {
        if (item.Row.GatewayNetworkId is not { } network)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("network_id", network.ToString());
        json.WriteObjects("external_fixed_ips", item.GatewayAddresses, WriteAddress);
        json.WriteBoolean("enable_snat", item.Row.EnableSnat);
        json.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter json, AllocationRow address)
    {
        json.WriteString("subnet_id", address.SubnetId.ToString());
        json.WriteString("ip_address", address.Ip);
    }

    private static void WriteRoute(Utf8JsonWriter json, SubnetRoute route)
    {
        json.WriteString("destination", route.Destination);
        json.WriteString("nexthop", route.NextHop);
    }
}

/// <summary>An interface of a router: its port, and the subnets that it has an address of.</summary>
internal sealed record RouterInterface(PortId Port, NetworkId Network, IReadOnlyList<SubnetId> Subnets);
