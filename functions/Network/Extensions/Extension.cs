using System.Text.Json;

namespace Pipeline.Network.Extensions;

/// <summary>A part of the API by the name under which clients look for it. Only what works is listed.</summary>
/// <param name="Updated">The day of the extension's definition.</param>
internal sealed record Extension(string Alias, string Name, string Description, string Updated)
{
    public static IReadOnlyList<Extension> All { get; } =
    [
        new("address-group", "Address group", "Addresses under one name.", "2020-07-15"),
        new("address-scope", "Address scope", "Where addresses are unique.", "2015-07-26"),
        new("agent", "agent", "The parts that hosts take in networks.", "2013-02-03"),
        new("allowed-address-pairs", "Allowed Address Pairs", "What else a port may send from.", "2013-07-23"),
        new("auto-allocated-topology", "Auto Allocated Topology Services", "A way out, made at once.", "2016-01-01"),
        new("availability_zone", "Availability Zone", "Zones of the network service.", "2015-01-01"),
        new("availability_zone_filter", "Availability Zone Filter Extension", "Zones by attribute.", "2018-06-22"),
        new("binding", "Port Binding", "Which host has a port, and how.", "2014-02-03"),
        new("default-subnetpools", "Default Subnetpools", "The pool for those who name none.", "2016-02-18"),
        new("dns-integration", "DNS Integration", "Names of guests, and the domain of a network's.", "2015-08-15"),
        new("empty-string-filtering", "Empty String Filtering Extension", "Filters for empty values.", "2018-05-01"),
        new(
            "expose-port-forwarding-in-fip",
            "Expose Port Forwarding in FIP",
            "Forwardings in their address.",
            "2019-01-25"
        ),
        new("external-net", "Neutron external network", "The router:external attribute of networks.", "2013-01-14"),
        new("extra_dhcp_opt", "Neutron Extra DHCP options", "What guests are told by DHCP besides.", "2013-03-17"),
        new("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "SNAT of routers, switched.", "2013-03-28"),
        new("extraroute", "Neutron Extra Route", "Routes of routers beside their interfaces.", "2013-02-01"),
        new("extraroute-atomic", "Atomically add/remove extra routes", "Routes, one by one.", "2019-07-10"),
        new("filter-validation", "Filter parameters validation", "Unknown filters are refused.", "2018-07-04"),
        new("fip-port-details", "Add Port Details to Floating IP", "The port behind a floating IP.", "2018-04-09"),
        new(
            "floating-ip-port-forwarding",
            "Floating IP Port Forwarding",
            "Ports of floating IPs for ports behind routers.",
            "2018-01-19"
        ),
        new(
            "floating-ip-port-forwarding-description",
            "Floating IP Port Forwarding new attribute description",
            "Descriptions of port forwardings.",
            "2019-11-01"
        ),
        new(
            "floating-ip-port-forwarding-detail",
            "Floating IP Port Forwarding detail",
            "Ids of forwardings and of their ports, in their address.",
            "2021-04-06"
        ),
        new(
            "ip-substring-filtering",
            "IP address substring filtering",
            "Ports by a part of their address.",
            "2017-11-28"
        ),
        new("l3_agent_scheduler", "L3 Agent Scheduler", "Which node has a router.", "2013-02-07"),
        new("net-mtu", "Network MTU", "The mtu attribute of networks.", "2015-03-25"),
        new("net-mtu-writable", "Network MTU (writable)", "Networks with an MTU of their own.", "2017-07-12"),
        new("network-ip-availability", "Network IP Availability", "Addresses given and left.", "2015-09-24"),
        new(
            "network_availability_zone",
            "Network Availability Zone",
            "Zones in which a network is served.",
            "2015-01-01"
        ),
        new("pagination", "Pagination support", "Lists in pages.", "2016-06-12"),
        new("port-security", "Port Security", "Filtering of ports, switched by port and network.", "2012-07-23"),
        new("port-security-groups-filtering", "Port filtering on security groups", "Ports by group.", "2018-01-09"),
        new("project-id", "project_id field enabled", "project_id beside tenant_id.", "2016-09-09"),
        new("provider", "Provider Network", "The segment behind a network, for admins.", "2012-09-07"),
        new("qos", "Quality of Service", "Policies that limit traffic.", "2015-06-08"),
        new("qos-bw-limit-direction", "Direction for QoS bandwidth limit rule", "Limits of either way.", "2017-04-10"),
        new("qos-default", "QoS default policy", "The policy for those who name none.", "2017-04-11"),
        new("qos-port-network-policy", "QoS port network policy", "A port shows its network's policy.", "2019-07-01"),
        new("qos-rule-type-details", "Details of QoS rule types", "What a kind of rule can say.", "2017-06-22"),
        new("qos-rules-alias", "Ability to modify QoS rules by ID", "Rules without their policy.", "2018-10-07"),
        new("quota-check-limit", "Quota engine limit check", "New limits compared with usage.", "2021-09-08"),
        new("quota_details", "Quota details management support", "Usage beside limits.", "2017-02-10"),
        new("quotas", "Quota management support", "Limits by project.", "2012-07-29"),
        new("rbac-address-group", "Add address_group type to RBAC", "Shared address groups.", "2021-02-03"),
        new("rbac-address-scope", "Add address_scope type to RBAC", "Shared address scopes.", "2020-02-12"),
        new("rbac-policies", "RBAC Policies", "Who may see and use what of others.", "2015-06-17"),
        new("rbac-security-groups", "Add security_group type to network RBAC", "Shared groups.", "2018-11-06"),
        new("rbac-subnetpool", "Add subnetpool type to RBAC", "Shared subnet pools.", "2020-02-05"),
        new(
            "revision-if-match",
            "If-Match constraints based on revision_number",
            "Changes of what was seen, or none.",
            "2016-12-11"
        ),
        new("router", "Neutron L3 Router", "Routers and floating IPs.", "2012-07-20"),
        new("router_availability_zone", "Router Availability Zone", "Zones in which a router is placed.", "2015-01-01"),
        new("security-group", "security-group", "Security groups and their rules.", "2012-10-05"),
        new(
            "security-groups-default-rules",
            "Default rules for security groups",
            "What new groups begin with.",
            "2022-12-19"
        ),
        new("security-groups-normalized-cidr", "Normalized CIDR field for security group rules", "", "2020-07-28"),
        new(
            "security-groups-remote-address-group",
            "Remote address group id field for security group rules",
            "Rules that name addresses by their group.",
            "2020-08-25"
        ),
        new(
            "security-groups-shared-filtering",
            "Security group filtering on the shared field",
            "Groups by whether they are shared.",
            "2021-10-05"
        ),
        new("sorting", "Sorting support", "Lists in order.", "2016-06-12"),
        new("standard-attr-description", "standard-attr-description", "Descriptions.", "2016-02-10"),
        new("standard-attr-revisions", "Resource revision numbers", "revision_number counts changes.", "2016-04-11"),
        new("standard-attr-tag", TagName, "Tags on resources.", "2017-01-01"),
        new("standard-attr-timestamp", "Resource timestamps", "created_at and updated_at.", "2016-09-12"),
        new("stateful-security-group", "Stateful security group", "Groups with and without memory.", "2019-11-26"),
        new("subnet-service-types", "Subnet service types", "Subnets for some owners alone.", "2016-03-15"),
        new("subnet_allocation", "Subnet Allocation", "Subnets from pools.", "2015-03-30"),
        new("subnet_onboard", "Subnet Onboard", "Pools take subnets in that are there.", "2018-12-18"),
        new("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "Prefixes come and go.", "2019-02-08"),
        new("tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "Ports made with tags.", "2019-12-29"),
        new("trunk", "Trunk Extension", "Ports that guests have by other ports.", "2016-01-01"),
        new("trunk-details", "Trunk port details", "What is had by a port, shown with it.", "2016-01-01"),
    ];

    private const string TagName =
        "Tag support for resources with standard attribute: network, subnet, port, subnetpool, security_group, "
        + "router, floatingip, trunk";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteString("alias", Alias);
        json.WriteString("description", Description);
        json.WriteString("updated", $"{Updated}T10:00:00-00:00");
        json.WriteStartArray("links");
        json.WriteEndArray();
    }
}
