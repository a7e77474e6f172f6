using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <summary>What an update makes of a port. Null groups and addresses stay as they are. Pure.</summary>
internal sealed record PortChange(PortRow Row, IReadOnlyList<SecurityGroupId>? Groups, IReadOnlyList<FixedIp>? FixedIps)
{
    /// <exception cref="Fault">Forbidden or Conflict where Neutron refuses the combination.</exception>
    public static PortChange Of(PortItem port, Fields item, Caller caller)
    {
        var before = port.Row;
        var mac = NewPort.MacOf(item) ?? before.MacAddress;
        var secured = item.Flag("port_security_enabled", before.PortSecurityEnabled);
        var groups = NewPort.GroupsOf(item);
        var after = NewPort.Fill(before, item) with { MacAddress = mac, PortSecurityEnabled = secured };
        if (mac != before.MacAddress && !caller.IsAdmin)
            throw NeutronFault.Forbidden("update_port", "mac_address");
        var moved = after.BindingHost != before.BindingHost || after.VnicType != before.VnicType;
        if (before.HostId is not null && (mac != before.MacAddress || moved))
            throw Bound(before, mac);
        if (!secured && before.PortSecurityEnabled && groups is null && port.Groups.Count > 0)
            throw Fault.Conflict(
                "Port has security group associated. Cannot disable port security or IP address until security group is removed.",
                "PortSecurityPortHasSecurityGroup"
            );
        PortGroups.Check(groups ?? [], secured);
        AddressPairs.Check(after.AddressPairs, secured);
        return new(after, groups, NewPort.FixedIpsOf(item));
    }

    private static Fault Bound(PortRow port, string mac) =>
        Fault.Conflict(
            $"Unable to complete operation on port {port.Id}, port is already bound, "
                + $"port type: {VnicTypes.VifType(port)}, old_mac {port.MacAddress}, new_mac {mac}.",
            "PortBound"
        );
}
