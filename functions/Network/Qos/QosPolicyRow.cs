namespace Pipeline.Network.Qos;

/// <summary>Limits of traffic under one name, for networks and ports to name.</summary>
internal sealed record QosPolicyRow
{
    /// <summary>As policies of sharing name it.</summary>
    public const string Type = "qos_policy";

    public QosPolicyId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";

    /// <summary>Its project's new networks have it, where they name none.</summary>
    public bool IsDefault { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsOwnedBy(Caller caller) => caller.IsAdmin || caller.ProjectId == ProjectId;
}

internal sealed record QosPolicyItem(
    QosPolicyRow Row,
    IReadOnlyList<BandwidthLimitRow> Rules,
    IReadOnlyList<string> Tags,
    bool Shared
);

/// <summary>A rule of a policy: the most that passes in one direction.</summary>
internal sealed record BandwidthLimitRow
{
    /// <summary>As the list of rule types has it.</summary>
    public const string Type = "bandwidth_limit";

    /// <summary>What a guest sends.</summary>
    public const string Egress = "egress";

    /// <summary>What a guest is sent.</summary>
    public const string Ingress = "ingress";

    public static readonly IReadOnlyList<string> Directions = [Egress, Ingress];

    public QosRuleId Id { get; init; }
    public QosPolicyId QosPolicyId { get; init; }
    public string Direction { get; init; } = Egress;

    /// <summary>In 1,000 bits a second; 0 limits nothing.</summary>
    public int MaxKbps { get; init; }

    /// <summary>In 1,000 bits; 0 for what is usual for the rate.</summary>
    public int MaxBurstKbps { get; init; }
}
