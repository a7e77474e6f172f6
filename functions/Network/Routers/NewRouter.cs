using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Ports;
using Pipeline.Network.Subnets;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Routers;

/// <summary>What is asked of a router's gateway.</summary>
/// <param name="Network">Null clears it.</param>
/// <param name="Snat">Null leaves it as it is: on, for a new one.</param>
/// <param name="Addresses">Null leaves them as they are: one of any subnet, for a new one.</param>
internal sealed record GatewayOrder(NetworkId? Network, bool? Snat, IReadOnlyList<FixedIp>? Addresses);

/// <summary>A router as it is asked for or changed to. Null gateway and routes stay as they are. Pure.</summary>
internal sealed record NewRouter(RouterRow Row, GatewayOrder? Gateway, IReadOnlyList<SubnetRoute>? Routes)
{
    public static NewRouter Read(Fields item, Caller caller) =>
        new(
            OfOneNode(
                item,
                new RouterRow
                {
                    ProjectId = item.ProjectOf(caller),
                    Name = item.Text("name"),
                    Description = item.Text("description"),
                    AdminStateUp = item.Flag("admin_state_up", true),
                    AvailabilityZoneHints = ZoneHints.Read(item),
                }
            ),
            GatewayOf(item, caller, "create_router"),
            null
        );

    public static NewRouter Update(RouterRow row, Fields item, Caller caller) =>
        new(
            OfOneNode(
                item,
                row with
                {
                    Name = item.Text("name", row.Name),
                    Description = item.Text("description", row.Description),
                    AdminStateUp = item.Flag("admin_state_up", row.AdminStateUp),
                }
            ),
            GatewayOf(item, caller, "update_router"),
            item.Has("routes") ? ExtraRoutes.Read(item) : null
        );

    /// <exception cref="Fault">BadRequest for a router that is to be on several nodes at once.</exception>
    private static RouterRow OfOneNode(Fields item, RouterRow row)
    {
        foreach (var many in (string[])["distributed", "ha"])
            if (item.Flag(many, false))
                throw NeutronFault.InvalidInput(
                    $"a router of this cloud is on one network node: '{many}' can be nothing but false."
                );
        return row;
    }

    /// <summary>Who may use a network as a gateway may not say by which address: that is its owner's.</summary>
    private static GatewayOrder? GatewayOf(Fields item, Caller caller, string rule)
    {
        const string name = "external_gateway_info";
        if (!item.Has(name))
            return null;
        if (item.Nullable(name)?.Object() is not { } info || !info.Entries().Any())
            return new(null, null, null);
        info.Only("network_id", "enable_snat", "external_fixed_ips");
        foreach (var part in (string[])["enable_snat", "external_fixed_ips"])
            if (info.Has(part) && !caller.IsAdmin)
                throw NeutronFault.Forbidden(rule, $"{name}:{part}");
        return new(
            info.Required("network_id").Id<NetworkId>(),
            info.Optional("enable_snat")?.Bool(text: true),
            info.Nullable("external_fixed_ips") is null ? null : NewPort.FixedIpsOf(info, "external_fixed_ips")
        );
    }
}
