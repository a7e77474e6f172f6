using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>The port range of a rule; for ICMP the two fields are type and code. Pure.</summary>
internal static class RulePorts
{
    private const int Last = 65535;

    /// <exception cref="Fault">BadRequest by Neutron's names.</exception>
    public static (int? Min, int? Max) Read(Fields item, string? protocol, string etherType) =>
        Check(PortOf(item, "port_range_min"), PortOf(item, "port_range_max"), protocol, etherType);

    /// <exception cref="Fault">BadRequest by Neutron's names.</exception>
    public static (int? Min, int? Max) Check(int? min, int? max, string? protocol, string etherType)
    {
        if (
            protocol is not null
            && etherType == "IPv4"
            && Protocols.Number(protocol) is { } number
            && Protocols.IsOfIpv6(number)
        )
            throw NeutronFault.Bad(
                "SecurityGroupEthertypeConflictWithProtocol",
                $"Invalid ethertype {etherType} for protocol {protocol}."
            );
        if (min is null && max is null)
            return (null, null);
        if (protocol is null || Protocols.Number(protocol) is not { } known)
            throw NeutronFault.Bad(
                "SecurityGroupProtocolRequiredWithPorts",
                "Must also specify protocol if port range is given."
            );
        if (known is Protocols.Icmp or Protocols.Icmp6)
            return Icmp(min, max);
        return Protocols.HasPorts(known) ? Ports(min, max) : throw NoPorts(known);
    }

    /// <summary>All ports are no range at all.</summary>
    private static (int?, int?) Ports(int? min, int? max)
    {
        foreach (var port in new[] { min, max })
            if (port is < 1 or > Last)
                throw InvalidPort($"{port}");
        if (min is null || max is null || min > max)
            throw NeutronFault.Bad(
                "SecurityGroupInvalidPortRange",
                "For TCP/UDP protocols, port_range_min must be <= port_range_max"
            );
        return min == 1 && max == Last ? (null, null) : (min, max);
    }

    private static (int?, int?) Icmp(int? type, int? code)
    {
        Check(type, "type (port_range_min)");
        Check(code, "code (port_range_max)");
        return type is null
            ? throw NeutronFault.Bad(
                "SecurityGroupMissingIcmpType",
                $"ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is missing."
            )
            : (type, code);

        static void Check(int? value, string what)
        {
            if (value is < 0 or > 255)
                throw NeutronFault.Bad(
                    "SecurityGroupInvalidIcmpValue",
                    $"Invalid value for ICMP {what} {value}. It must be 0 to 255."
                );
        }
    }

    private static int? PortOf(Fields item, string name)
    {
        if (item.Nullable(name) is not { } field)
            return null;
        try
        {
            return field.Int(text: true);
        }
        catch (Fault)
        {
            throw InvalidPort(field.Json.ToString());
        }
    }

    private static Fault InvalidPort(string value) =>
        NeutronFault.Bad("SecurityGroupInvalidPortValue", $"Invalid value for port {value}");

    private static Fault NoPorts(int protocol) =>
        NeutronFault.Bad(
            "SecurityGroupInvalidProtocolForPort",
            $"Ports cannot be specified for protocol {protocol}. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE."
        );
}
