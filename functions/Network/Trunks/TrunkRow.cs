namespace Pipeline.Network.Trunks;

/// <summary>A port by whose device its guest has others: each frame's tag says whose it is.</summary>
internal sealed record TrunkRow
{
    public TrunkId Id { get; init; }
    public ProjectId ProjectId { get; init; }

    /// <summary>The parent: the port that has the device.</summary>
    public PortId PortId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";

    /// <summary>False: what is in it stays as it is.</summary>
    public bool AdminStateUp { get; init; }

    /// <summary>What its ports come to; nobody writes it.</summary>
    public string Status { get; init; } = "";
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record TrunkItem(TrunkRow Row, IReadOnlyList<SubportRow> Subports, IReadOnlyList<string> Tags);

/// <summary>A port in a trunk, as the trunk shows it.</summary>
internal sealed record SubportRow
{
    /// <summary>The one kind of tag that there is.</summary>
    public const string Vlan = "vlan";

    public TrunkId TrunkId { get; init; }
    public PortId PortId { get; init; }
    public int SegmentationId { get; init; }
    public string MacAddress { get; init; } = "";
}

/// <summary>What a parent shows of its trunk.</summary>
internal sealed record TrunkDetails(TrunkId Id, IReadOnlyList<SubportRow> Subports);
