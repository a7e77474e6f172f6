namespace Pipeline.Network.AddressScopes;

/// <summary>Where addresses are unique: prefixes of its subnet pools never overlap.</summary>
internal sealed record AddressScopeRow
{
    /// <summary>As policies name it.</summary>
    public const string Type = "address_scope";

    public AddressScopeId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public int IpVersion { get; init; }

    public bool IsOwnedBy(Caller caller) => caller.IsAdmin || caller.ProjectId == ProjectId;
}

internal sealed record AddressScopeItem(AddressScopeRow Row, bool Shared);
