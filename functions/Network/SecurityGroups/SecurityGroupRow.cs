using Pipeline.Network.SecurityGroupRules;

namespace Pipeline.Network.SecurityGroups;

internal sealed record SecurityGroupRow
{
    public const string DefaultName = "default";

    /// <summary>As policies name it.</summary>
    public const string Type = "security_group";

    public SecurityGroupId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public bool IsDefault { get; init; }

    /// <summary>Answers pass by themselves; without, each direction needs a rule of its own.</summary>
    public bool Stateful { get; init; } = true;
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsOwnedBy(Caller caller) => caller.IsAdmin || caller.ProjectId == ProjectId;
}

internal sealed record SecurityGroupItem(
    SecurityGroupRow Row,
    IReadOnlyList<SecurityGroupRuleRow> Rules,
    IReadOnlyList<string> Tags,
    bool Shared
);
