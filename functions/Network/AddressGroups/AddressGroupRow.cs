namespace Pipeline.Network.AddressGroups;

/// <summary>Addresses under one name, for rules to name.</summary>
internal sealed record AddressGroupRow
{
    /// <summary>As policies name it.</summary>
    public const string Type = "address_group";

    public AddressGroupId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsOwnedBy(Caller caller) => caller.IsAdmin || caller.ProjectId == ProjectId;
}

internal sealed record AddressGroupItem(AddressGroupRow Row, IReadOnlyList<string> Addresses, bool Shared);

internal sealed record AddressOfGroup
{
    public AddressGroupId AddressGroupId { get; init; }
    public string Address { get; init; } = "";
}
