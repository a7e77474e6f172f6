using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Rbac;
using Pipeline.Network.Tags;
using Pipeline.Network.Types;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Networks;

internal static class NetworkView
{
    public static Collection<NetworkItem> All { get; } =
        new(
            "network",
            "networks",
            "network/v2.0/networks",
            Shown<NetworkItem>.Text("id", Use.Find, n => n.Row.Id.ToString()),
            Shown<NetworkItem>.Text("name", Use.Write | Use.Find, n => n.Row.Name),
            Shown<NetworkItem>.Text("tenant_id", Use.Create | Use.Find, n => n.Row.ProjectId.Value) with
            {
                Column = "x.project_id",
            },
            Shown<NetworkItem>.Flag("admin_state_up", Use.Write | Use.Find, n => n.Row.AdminStateUp),
            Shown<NetworkItem>.Number("mtu", Use.Write | Use.Find, n => n.Row.Mtu),
            Shown<NetworkItem>.Text("status", Use.Find, _ => Active) with
            {
                Column = $"'{Active}'",
            },
            Shown<NetworkItem>.Texts("subnets", Use.None, n => n.Subnets.Select(s => s.ToString())),
            Shown<NetworkItem>.Flag("shared", Use.Write | Use.Find | Use.AdminSets, n => n.Shared) with
            {
                Column = RbacStore.IsShared,
            },
            Shown<NetworkItem>.Text("ipv4_address_scope", Use.None, n => n.AddressScope4?.ToString()),
            Shown<NetworkItem>.Text("ipv6_address_scope", Use.None, n => n.AddressScope6?.ToString()),
            Shown<NetworkItem>.Texts(ZoneHints.Name, Use.Create, n => ZoneHints.Split(n.Row.AvailabilityZoneHints)),
            Shown<NetworkItem>.Texts("availability_zones", Use.None, n => n.Zones),
            Shown<NetworkItem>.Flag("router:external", Use.Write | Use.Filter | Use.AdminSets, n => n.Row.External) with
            {
                Column = "x.external",
            },
            Shown<NetworkItem>.Flag("is_default", Use.Write | Use.Filter | Use.AdminSets, n => n.Row.IsDefault),
            Shown<NetworkItem>.Text("description", Use.Write | Use.Find, n => n.Row.Description),
            Shown<NetworkItem>.Flag("port_security_enabled", Use.Write | Use.Find, n => n.Row.PortSecurityEnabled),
            Shown<NetworkItem>.Text("dns_domain", Use.Write | Use.Find, n => n.Row.DnsDomain),
            Shown<NetworkItem>.Text("qos_policy_id", Use.Write | Use.Find, n => n.Row.QosPolicyId?.ToString()),
            Shown<NetworkItem>.Texts("tags", Use.None, n => n.Tags),
            Shown<NetworkItem>.Time("created_at", n => n.Row.CreatedAt),
            Shown<NetworkItem>.Time("updated_at", n => n.Row.UpdatedAt),
            Shown<NetworkItem>.Number("revision_number", Use.Find, n => n.Row.RevisionNumber),
            Shown<NetworkItem>.Text("project_id", Use.Create | Use.Find, n => n.Row.ProjectId.Value),
            Shown<NetworkItem>.Text("provider:network_type", Provider, n => n.Row.NetworkType) with
            {
                Column = "x.network_type",
            },
            Shown<NetworkItem>.Text("provider:physical_network", Provider, n => n.Row.PhysicalNetwork) with
            {
                Column = "x.physical_network",
            },
            Shown<NetworkItem>.Number("provider:segmentation_id", Provider, n => n.Row.SegmentationId) with
            {
                Column = "x.segmentation_id",
            },
            Shown<NetworkItem>.Hidden(ProviderRequest.Many, Use.Write | Use.AdminSets)
        )
        {
            Filters = TagFilters.All,
        };

    private const string Active = "ACTIVE";
    private const Use Provider = Use.Write | Use.Filter | Use.AdminSets | Use.AdminSees;
}
