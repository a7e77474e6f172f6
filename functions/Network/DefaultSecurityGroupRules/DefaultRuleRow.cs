using Pipeline.Network.SecurityGroupRules;
using Pipeline.Network.SecurityGroups;

namespace Pipeline.Network.DefaultSecurityGroupRules;

/// <summary>A rule that new groups begin with.</summary>
internal sealed record DefaultRuleRow
{
    /// <summary>What stands for the new group itself, as a remote group.</summary>
    public const string Parent = "PARENT";

    public string Id { get; init; } = "";
    public string Direction { get; init; } = "";
    public string Ethertype { get; init; } = "";
    public string? Protocol { get; init; }
    public int? PortRangeMin { get; init; }
    public int? PortRangeMax { get; init; }
    public string? RemoteIpPrefix { get; init; }
    public string? NormalizedCidr { get; init; }

    /// <summary>The other side is a member of the group itself.</summary>
    public bool AmongMembers { get; init; }
    public bool UsedInDefaultSg { get; init; }
    public bool UsedInNonDefaultSg { get; init; }
    public string Meaning { get; init; } = "";
    public string Description { get; init; } = "";

    public string? RemoteGroupId => AmongMembers ? Parent : null;

    /// <param name="traffic">What it allows, of no group yet.</param>
    public static DefaultRuleRow Of(SecurityGroupRuleRow traffic, bool amongMembers) =>
        new()
        {
            Direction = traffic.Direction,
            Ethertype = traffic.Ethertype,
            Protocol = traffic.Protocol,
            PortRangeMin = traffic.PortRangeMin,
            PortRangeMax = traffic.PortRangeMax,
            RemoteIpPrefix = traffic.RemoteIpPrefix,
            NormalizedCidr = traffic.NormalizedCidr,
            AmongMembers = amongMembers,
            Meaning = traffic.WithMeaning().Meaning + (amongMembers ? $" {Parent}" : ""),
            Description = traffic.Description ?? "",
        };

    /// <summary>The rule in a new group.</summary>
    public SecurityGroupRuleRow In(SecurityGroupRow group) =>
        new SecurityGroupRuleRow
        {
            ProjectId = group.ProjectId,
            SecurityGroupId = group.Id,
            Direction = Direction,
            Ethertype = Ethertype,
            Protocol = Protocol,
            PortRangeMin = PortRangeMin,
            PortRangeMax = PortRangeMax,
            RemoteIpPrefix = RemoteIpPrefix,
            NormalizedCidr = NormalizedCidr,
            RemoteGroupId = AmongMembers ? group.Id : null,
            Description = Description.Length > 0 ? Description : null,
        }.WithMeaning();

    /// <summary>Whether some new group would begin with both, and they allow the same.</summary>
    public bool Repeats(DefaultRuleRow other) =>
        Meaning == other.Meaning
        && (
            UsedInDefaultSg && other.UsedInDefaultSg
            || UsedInNonDefaultSg && other.UsedInNonDefaultSg
            || (UsedInDefaultSg, UsedInNonDefaultSg) == (other.UsedInDefaultSg, other.UsedInNonDefaultSg)
        );
}
