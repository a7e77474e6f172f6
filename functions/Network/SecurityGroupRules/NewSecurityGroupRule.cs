using Pipeline.Contracts.Network;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroupRules;

/// <summary>A rule as it is asked for: checked by Neutron's rules and in Neutron's words. Pure.</summary>
internal static class NewSecurityGroupRule
{
    /// <returns>The row, without an id yet.</returns>
    public static SecurityGroupRuleRow Read(Fields item, Caller caller)
    {
        var traffic = TrafficOf(item);
        var remoteGroup = GroupOf(item.Nullable("remote_group_id"));
        var addresses = AddressGroupOf(item.Nullable("remote_address_group_id"));
        if ((traffic.RemoteIpPrefix is null ? 0 : 1) + (remoteGroup is null ? 0 : 1) + (addresses is null ? 0 : 1) > 1)
            throw NeutronFault.TwoRemotes();
        return (
            traffic with
            {
                ProjectId = item.ProjectOf(caller),
                SecurityGroupId = GroupOf(item.Required("security_group_id"))!.Value,
                RemoteGroupId = remoteGroup,
                RemoteAddressGroupId = addresses,
            }
        ).WithMeaning();
    }

    /// <summary>What a rule says of packets alone: not whose it is, nor of which group.</summary>
    public static SecurityGroupRuleRow TrafficOf(Fields item)
    {
        var direction = item.Required("direction");
        var etherType = EtherTypeOf(item);
        var protocol = Protocols.Normal(ProtocolOf(item), etherType);
        var (min, max) = RulePorts.Read(item, protocol, etherType);
        var prefix = PrefixOf(item, etherType);
        return new()
        {
            Direction = direction.Choice("ingress", "egress"),
            Ethertype = etherType,
            Protocol = protocol,
            PortRangeMin = min,
            PortRangeMax = max,
            RemoteIpPrefix = prefix?.Text,
            NormalizedCidr = prefix?.Normal,
            Description = item.Text("description"),
        };
    }

    /// <summary>A rule that lets something in, as another service asks for it. A prefix decides the version of IP.</summary>
    /// <exception cref="Fault">BadRequest, as of a rule that a client sends.</exception>
    public static SecurityGroupRuleRow Of(ProjectId project, NewIngress rule)
    {
        RemotePrefix? prefix = null;
        if (rule.RemotePrefix is { } text && !RemotePrefix.TryParse(text, out prefix))
            throw NeutronFault.Bad("InvalidCIDR", $"Invalid CIDR {text} given as IP prefix.");
        var etherType = prefix?.EtherType ?? "IPv4";
        var protocol = Protocols.Normal(rule.Protocol, etherType);
        var (min, max) = RulePorts.Check(rule.FromPort, rule.ToPort, protocol, etherType);
        return new SecurityGroupRuleRow
        {
            ProjectId = project,
            SecurityGroupId = rule.Group,
            Direction = "ingress",
            Ethertype = etherType,
            Protocol = protocol,
            PortRangeMin = min,
            PortRangeMax = max,
            RemoteIpPrefix = prefix?.Text,
            NormalizedCidr = prefix?.Normal,
            RemoteGroupId = rule.RemoteGroup,
            Description = "",
        }.WithMeaning();
    }

    private static string EtherTypeOf(Fields item)
    {
        if (!item.Has("ethertype"))
            return "IPv4";
        var text = item.Nullable("ethertype")?.String();
        return text?.ToLowerInvariant() switch
        {
            "ipv4" => "IPv4",
            "ipv6" => "IPv6",
            _ => throw NeutronFault.Bad(
                "SecurityGroupRuleInvalidEtherType",
                $"Security group rule for ethertype '{text ?? "None"}' not supported. Allowed values are ['IPv4', 'IPv6']."
            ),
        };
    }

    /// <summary>Numbers come as JSON numbers, too.</summary>
    private static string? ProtocolOf(Fields item) =>
        item.Nullable("protocol") is not { } field ? null
        : field.Json.ValueKind == System.Text.Json.JsonValueKind.Number ? field.Json.GetRawText()
        : field.String();

    /// <summary>An id that is none names a group that is not there.</summary>
    private static SecurityGroupId? GroupOf(Field? field)
    {
        if (field?.String() is not { } text)
            return null;
        return SecurityGroupId.TryParse(text, out var id) ? id : throw NeutronFault.SecurityGroupNotFound(text);
    }

    private static AddressGroupId? AddressGroupOf(Field? field)
    {
        if (field?.String() is not { } text)
            return null;
        return AddressGroupId.TryParse(text, out var id) ? id : throw NeutronFault.AddressGroupNotFound(text);
    }

    private static RemotePrefix? PrefixOf(Fields item, string etherType)
    {
        if (item.Nullable("remote_ip_prefix")?.String() is not { Length: > 0 } text)
            return null;
        if (!RemotePrefix.TryParse(text, out var prefix))
            throw NeutronFault.Bad("InvalidCIDR", $"Invalid CIDR {text} given as IP prefix.");
        return prefix.EtherType == etherType
            ? prefix
            : throw NeutronFault.Bad(
                "SecurityGroupRuleParameterConflict",
                $"Conflicting value ethertype {etherType} for CIDR {text}"
            );
    }
}
