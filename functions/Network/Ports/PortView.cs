using System.Text.Json;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Tags;
using Pipeline.Network.Trunks;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

internal static class PortView
{
    private const Use Binding = Use.AdminSees;

    public static Collection<PortItem> All { get; } =
        new(
            "port",
            "ports",
            "network/v2.0/ports",
            Shown<PortItem>.Text("id", Use.Find, p => p.Row.Id.ToString()),
            Shown<PortItem>.Text("name", Use.Write | Use.Find, p => p.Row.Name),
            Shown<PortItem>.Text("network_id", Use.Create | Use.Find, p => p.Row.NetworkId.ToString()),
            Shown<PortItem>.Text("tenant_id", Use.Create | Use.Find, p => p.Row.ShownProject) with
            {
                Column = "x.project_id",
            },
            Shown<PortItem>.Text("mac_address", Use.Write | Use.Sort, p => p.Row.MacAddress),
            Shown<PortItem>.Flag("admin_state_up", Use.Write | Use.Find, p => p.Row.AdminStateUp),
            Shown<PortItem>.Text("status", Use.Find, p => p.Row.Status),
            Shown<PortItem>.Text("device_id", Use.Write | Use.Find, p => p.Row.DeviceId),
            Shown<PortItem>.Text("device_owner", Use.Write | Use.Find, p => p.Row.DeviceOwner),
            Shown<PortItem>.Objects("fixed_ips", Use.Write, p => p.Addresses, WriteAddress),
            Shown<PortItem>.Texts("security_groups", Use.Write, p => p.Groups.Select(g => g.ToString())),
            Shown<PortItem>.Text("description", Use.Write | Use.Find, p => p.Row.Description),
            Shown<PortItem>.Text("binding:vnic_type", Use.Write | Use.Filter, p => p.Row.VnicType) with
            {
                Column = "x.vnic_type",
            },
            new(
                "binding:profile",
                Use.Write | Use.AdminSets | Binding,
                (json, p) => json.WriteRawValue(p.Row.BindingProfile)
            ),
            Shown<PortItem>.Text(
                "binding:host_id",
                Use.Write | Use.Filter | Use.AdminSets | Binding,
                p => p.Row.BindingHost
            ) with
            {
                Column = "x.binding_host",
            },
            Shown<PortItem>.Text("binding:vif_type", Binding, p => VnicTypes.VifType(p.Row)),
            new("binding:vif_details", Binding, (json, p) => VnicTypes.WriteDetails(json, p.Row)),
            Shown<PortItem>.Flag("port_security_enabled", Use.Write | Use.Find, p => p.Row.PortSecurityEnabled),
            Shown<PortItem>.Objects("allowed_address_pairs", Use.Write, p => AddressPairs.Of(p.Row), WritePair),
            Shown<PortItem>.Objects(
                "extra_dhcp_opts",
                Use.Write,
                p => DhcpOptions.Parse(p.Row.DhcpOptions),
                WriteOption
            ),
            Shown<PortItem>.Text("dns_name", Use.Write, p => p.Row.DnsName),
            Shown<PortItem>.Objects("dns_assignment", Use.None, Names, WriteName),
            Shown<PortItem>.Text("qos_policy_id", Use.Write | Use.Find, p => p.Row.QosPolicyId?.ToString()),
            Shown<PortItem>.Text("qos_network_policy_id", Use.None, p => p.Network?.QosPolicyId?.ToString()),
            new("trunk_details", Use.None, (json, p) => TrunkView.WriteDetails(json, p.Trunk!))
            {
                Has = p => p.Trunk is not null,
            },
            Shown<PortItem>.Texts("tags", Use.Create, p => p.Tags),
            Shown<PortItem>.Time("created_at", p => p.Row.CreatedAt),
            Shown<PortItem>.Time("updated_at", p => p.Row.UpdatedAt),
            Shown<PortItem>.Number("revision_number", Use.Find, p => p.Row.RevisionNumber),
            Shown<PortItem>.Text("project_id", Use.Create | Use.Find, p => p.Row.ShownProject)
        )
        {
            Filters = new Dictionary<string, Filter>(TagFilters.All)
            {
                ["fixed_ips"] = PortFilters.FixedIps,
                ["mac_address"] = PortFilters.MacAddress,
                ["security_groups"] = PortFilters.SecurityGroups,
            },
        };

    private static IEnumerable<(string Address, string Name, string Domain)> Names(PortItem port) =>
        port.Addresses.Select(a => (a.Ip, DnsNames.Of(port.Row, a.Ip), port.Network?.DnsDomain ?? ""));

    private static void WriteName(Utf8JsonWriter json, (string Address, string Name, string Domain) assigned)
    {
        json.WriteString("ip_address", assigned.Address);
        json.WriteString("hostname", assigned.Name);
        json.WriteString("fqdn", DnsDomains.Whole(assigned.Name, assigned.Domain));
    }

    private static void WritePair(Utf8JsonWriter json, AddressPair pair)
    {
        json.WriteString("mac_address", pair.Mac);
        json.WriteString("ip_address", pair.Prefix);
    }

    private static void WriteOption(Utf8JsonWriter json, DhcpOption option)
    {
        json.WriteString("opt_name", option.Name);
        json.WriteString("opt_value", option.Value);
        json.WriteNumber("ip_version", option.Version);
    }

    private static void WriteAddress(Utf8JsonWriter json, AllocationRow address)
    {
        json.WriteString("subnet_id", address.SubnetId.ToString());
        json.WriteString("ip_address", address.Ip);
    }
}
