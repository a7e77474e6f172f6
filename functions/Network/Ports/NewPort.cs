using System.Text.Json;
using Pipeline.Network.Ipam;
using Pipeline.Network.Qos;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>An address that is asked for: one of a subnet, a certain one, or both.</summary>
internal sealed record FixedIp(SubnetId? Subnet, IpAddress? Address);

/// <summary>A port as it is asked for. What is null was not named, and has its default from the network.</summary>
internal sealed record NewPort(PortRow Row)
{
    public string? Mac { get; init; }
    public IReadOnlyList<FixedIp>? FixedIps { get; init; }
    public IReadOnlyList<SecurityGroupId>? Groups { get; init; }
    public bool? Secured { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    public static NewPort Read(Fields item, Caller caller) =>
        new(
            Fill(
                new PortRow
                {
                    NetworkId = item.Required("network_id").Id<NetworkId>(),
                    ProjectId = item.ProjectOf(caller),
                    AdminStateUp = true,
                },
                item
            )
        )
        {
            Mac = MacOf(item),
            FixedIps = FixedIpsOf(item),
            Groups = GroupsOf(item),
            Secured = item.Optional("port_security_enabled")?.Bool(text: true),
            Tags = [.. (item.Optional("tags")?.Array(max: 50) ?? []).Select(t => t.String(1, 255)).Distinct()],
        };

    /// <summary>The row with what the body names, of the attributes that stand in it.</summary>
    public static PortRow Fill(PortRow row, Fields item)
    {
        return row with
        {
            Name = item.Text("name", row.Name),
            Description = item.Text("description", row.Description),
            AdminStateUp = item.Flag("admin_state_up", row.AdminStateUp),
            DeviceId = item.Text("device_id", row.DeviceId),
            DeviceOwner = item.Text("device_owner", row.DeviceOwner),
            BindingHost = item.Optional("binding:host_id") is { } host
                ? host.IsNull
                    ? ""
                    : host.String()
                : row.BindingHost,
            VnicType = item.Nullable("binding:vnic_type") is { } vnic ? VnicTypes.Read(vnic) : row.VnicType,
            BindingProfile = item.Nullable("binding:profile") is { } profile ? ProfileOf(profile) : row.BindingProfile,
            AddressPairs = item.Optional("allowed_address_pairs") is { } pairs
                ? Ports.AddressPairs.Read(pairs)
                : row.AddressPairs,
            DhcpOptions = item.Optional("extra_dhcp_opts") is { } options
                ? Ports.DhcpOptions.Change(row.DhcpOptions, options)
                : row.DhcpOptions,
            DnsName = item.Optional("dns_name") is { } name ? DnsNames.Read(name) : row.DnsName,
            QosPolicyId = QosUse.Read(item, row.QosPolicyId),
        };
    }

    public static string? MacOf(Fields item) =>
        item.Nullable("mac_address")?.String() is not { } text
            ? null
            : MacAddress.Normal(text)
                ?? throw NeutronFault.Invalid("mac_address", $"'{text}' is not a valid MAC address.");

    /// <param name="name">Gateways of routers have another one.</param>
    public static IReadOnlyList<FixedIp>? FixedIpsOf(Fields item, string name = "fixed_ips")
    {
        if (item.Optional(name) is not { } field)
            return null;
        var asked = field.Array(max: 64).Select(f => FixedIpOf(f.Object())).ToList();
        var twice = asked.Where(a => a.Address is not null).GroupBy(a => a.Address).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? asked : throw NeutronFault.Invalid(name, $"Duplicate IP address '{twice.Key}'.");
    }

    /// <summary>Null asks for none, as an empty list does.</summary>
    public static IReadOnlyList<SecurityGroupId>? GroupsOf(Fields item)
    {
        if (item.Optional("security_groups") is not { } field)
            return null;
        var ids = field.IsNull ? [] : field.Array(max: 100).Select(f => f.Id<SecurityGroupId>()).ToList();
        return ids.GroupBy(i => i).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw NeutronFault.Invalid("security_groups", $"Duplicate items in the list: '{twice.Key}'.")
            : ids;
    }

    private static FixedIp FixedIpOf(Fields item)
    {
        var subnet = item.Nullable("subnet_id")?.Id<SubnetId>();
        var text = item.Nullable("ip_address")?.String();
        if (subnet is null && text is null)
            throw NeutronFault.InvalidInput("IP allocation requires subnet_id or ip_address.");
        if (text is null)
            return new(subnet, null);
        return IpAddress.TryParse(text, out var address)
            ? new(subnet, address)
            : throw NeutronFault.Invalid("fixed_ips", $"'{text}' is not a valid IP address.");
    }

    private static string ProfileOf(Field profile) =>
        profile.Json.ValueKind == JsonValueKind.Object && profile.Json.GetRawText().Length <= 4095
            ? profile.Json.GetRawText()
            : throw profile.Wrong("must be an object of at most 4095 characters");
}
