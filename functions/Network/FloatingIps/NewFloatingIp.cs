using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.FloatingIps;

/// <summary>A floating address as it is asked for. Pure.</summary>
/// <param name="Subnet">Of the floating network; null for any.</param>
/// <param name="Address">A certain one, where an admin names it; null for any.</param>
internal sealed record NewFloatingIp(
    ProjectId Project,
    string Description,
    NetworkId Network,
    SubnetId? Subnet,
    IpAddress? Address,
    PortId? Port,
    string? FixedIp
)
{
    public static NewFloatingIp Read(Fields item, Caller caller)
    {
        // The cloud publishes no names: one that is asked for would lead nowhere.
        if (item.Text("dns_name").Length + item.Text("dns_domain").Length > 0)
            throw NeutronFault.BadFloatingIp("dns_name and dns_domain: this cloud has no DNS service to publish them");
        return new(
            item.ProjectOf(caller),
            item.Text("description"),
            item.Required("floating_network_id").Id<NetworkId>(),
            item.Nullable("subnet_id")?.Id<SubnetId>(),
            AddressOf(item, "floating_ip_address") is { } text && IpAddress.TryParseV4(text, out var address)
                ? address
                : null,
            item.Nullable("port_id")?.Id<PortId>(),
            AddressOf(item, "fixed_ip_address")
        );
    }

    public static string? AddressOf(Fields item, string name) =>
        item.Nullable(name)?.String() is not { } text ? null
        : IpAddress.TryParseV4(text, out _) ? text
        : IpAddress.TryParse(text, out _)
            ? throw NeutronFault.BadFloatingIp(
                $"Cannot process floating IP association with {text}, since that is not an IPv4 address"
            )
        : throw NeutronFault.Invalid(name, $"'{text}' is not a valid IP address.");
}
