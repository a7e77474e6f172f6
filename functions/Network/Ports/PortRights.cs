using Pipeline.Network.Networks;

namespace Pipeline.Network.Ports;

/// <summary>What a project may say about its port on another project's network: not its MAC, addresses or filtering.</summary>
internal static class PortRights
{
    /// <param name="rule">`create_port` or `update_port`.</param>
    /// <exception cref="Fault">Forbidden, naming the attribute.</exception>
    public static void Check(Caller caller, NetworkRow network, Fields item, string rule)
    {
        if (network.IsOwnedBy(caller))
            return;
        var owner = item.Nullable("device_owner")?.String();
        var refused =
            item.Has("mac_address") ? "mac_address"
            : item.Has("port_security_enabled") ? "port_security_enabled"
            : owner is not null && PortRow.IsTrusted(owner) ? "device_owner"
            : item.Nullable("allowed_address_pairs")?.Array().Count > 0 ? "allowed_address_pairs"
            : NewPort.FixedIpsOf(item)?.Any(f => f.Address is not null) == true ? "fixed_ips:ip_address"
            : null;
        if (refused is not null)
            throw NeutronFault.Forbidden(rule, refused);
    }
}
