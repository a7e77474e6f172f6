using Pipeline.Network.Ipam;
using Pipeline.Network.Wire;

namespace Pipeline.Network.PortForwardings;

/// <summary>A port forwarding as it is asked for. Pure.</summary>
internal static class NewPortForwarding
{
    /// <summary>Those with ports that routers translate.</summary>
    public static readonly string[] Protocols = ["sctp", "tcp", "udp"];

    private const int Last = 65535;

    private static readonly string[] Needed =
    [
        "protocol",
        "external_port",
        "internal_port_id",
        "internal_ip_address",
        "internal_port",
    ];

    /// <returns>The row, without an id and a floating address yet.</returns>
    public static PortForwardingRow Read(Fields item, Caller caller)
    {
        _ = item.ProjectOf(caller); // whose it is follows from the floating address; another project's name is refused
        foreach (var name in Needed)
            item.Required(name);
        return Merge(new(), item);
    }

    /// <summary>What an update asks for. Another port without an address of it leaves the address open (empty).</summary>
    public static PortForwardingRow Merge(PortForwardingRow before, Fields item)
    {
        var port = item.Optional("internal_port_id")?.Id<PortId>() ?? before.InternalPortId;
        var kept = port == before.InternalPortId ? before.InternalIpAddress : "";
        return before with
        {
            Protocol = ProtocolOf(item, "protocol") ?? before.Protocol,
            ExternalPort = NumberOf(item, "external_port") ?? before.ExternalPort,
            InternalPortId = port,
            InternalIpAddress = AddressOf(item, "internal_ip_address") ?? kept,
            InternalPort = NumberOf(item, "internal_port") ?? before.InternalPort,
            Description = item.Optional("description")?.String(0, 1024) ?? before.Description,
        };
    }

    private static string? ProtocolOf(Fields item, string name)
    {
        if (item.Optional(name)?.String() is not { } text)
            return null;
        var known = text.ToLowerInvariant();
        return Protocols.Contains(known)
            ? known
            : throw NeutronFault.Invalid(
                name,
                $"'{text}' is not in [{string.Join(", ", Protocols.Select(p => $"'{p}'"))}]."
            );
    }

    private static int? NumberOf(Fields item, string name)
    {
        if (item.Optional(name) is not { } field)
            return null;
        try
        {
            return field.Int(1, Last, text: true);
        }
        catch (Fault)
        {
            throw NeutronFault.Invalid(name, $"Invalid port: {field.Json}.");
        }
    }

    private static string? AddressOf(Fields item, string name) =>
        item.Optional(name)?.String() is not { } text ? null
        : IpAddress.TryParseV4(text, out _) ? text
        : throw NeutronFault.Invalid(name, $"'{text}' is not a valid IP address.");
}
