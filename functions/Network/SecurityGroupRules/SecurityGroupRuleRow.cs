using System.Globalization;

namespace Pipeline.Network.SecurityGroupRules;

internal sealed record SecurityGroupRuleRow
{
    public SecurityGroupRuleId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public SecurityGroupId SecurityGroupId { get; init; }

    /// <summary>`ingress` or `egress`.</summary>
    public string Direction { get; init; } = "";

    /// <summary>`IPv4` or `IPv6`.</summary>
    public string Ethertype { get; init; } = "";

    /// <summary>As it was sent: a name or a number; null for any.</summary>
    public string? Protocol { get; init; }
    public int? PortRangeMin { get; init; }
    public int? PortRangeMax { get; init; }
    public string? RemoteIpPrefix { get; init; }
    public string? NormalizedCidr { get; init; }
    public SecurityGroupId? RemoteGroupId { get; init; }
    public AddressGroupId? RemoteAddressGroupId { get; init; }
    public string Meaning { get; init; } = "";
    public string? Description { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// Fills in what the rule allows in one spelling: names of protocols become numbers, and a prefix that is everything
    /// is none.
    /// </summary>
    public SecurityGroupRuleRow WithMeaning()
    {
        var prefix = NormalizedCidr is "0.0.0.0/0" or "::/0" ? null : RemoteIpPrefix;
        var protocol = Protocols.NumberOf(Protocol)?.ToString(CultureInfo.InvariantCulture) ?? Protocol;
        return this with
        {
            Meaning =
                $"{Direction} {Ethertype} {protocol} {PortRangeMin} {PortRangeMax} {prefix} {RemoteGroupId}"
                + (RemoteAddressGroupId is { } addresses ? $" {addresses}" : ""),
        };
    }
}
