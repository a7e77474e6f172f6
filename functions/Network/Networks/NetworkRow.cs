using Pipeline.Network.Segments;

namespace Pipeline.Network.Networks;

/// <summary>A network as it is stored; one with <see cref="DeletedAt"/> is a tombstone that nobody sees.</summary>
internal sealed record NetworkRow
{
    /// <summary>As policies name it.</summary>
    public const string Type = "network";

    public NetworkId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public bool AdminStateUp { get; init; }

    /// <summary>With all projects; what is shared with some alone, policies say.</summary>
    public bool Shared { get; init; }

    /// <summary>Leads out of the cloud, for some projects or all.</summary>
    public bool External { get; init; }

    /// <summary>The external network that projects are joined to which ask for a topology; one in the cloud.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Of its guests' names, with its last dot; empty for the cloud's.</summary>
    public string DnsDomain { get; init; } = "";
    public int Mtu { get; init; }
    public bool PortSecurityEnabled { get; init; }
    public string NetworkType { get; init; } = "";
    public string? PhysicalNetwork { get; init; }
    public int? SegmentationId { get; init; }

    /// <summary>Zone names, separated by commas.</summary>
    public string AvailabilityZoneHints { get; init; } = "";

    /// <summary>The port whose addresses the network's DHCP servers have; null while no subnet has DHCP.</summary>
    public PortId? DhcpPortId { get; init; }

    /// <summary>What limits those of its ports that have no policy of their own.</summary>
    public QosPolicyId? QosPolicyId { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Of its segment, where operators ask for that by itself.</summary>
    public string SegmentId => SegmentRow.IdOf(Id);

    public bool IsOwnedBy(Caller caller) => caller.IsAdmin || caller.ProjectId == ProjectId;
}

/// <summary>A network with what is shown beside it.</summary>
internal sealed record NetworkItem(NetworkRow Row, IReadOnlyList<SubnetId> Subnets, IReadOnlyList<string> Tags)
{
    /// <summary>Where its DHCP is served.</summary>
    public required IReadOnlyList<string> Zones { get; init; }

    /// <summary>Whether it is shared with the one who looks, or with all.</summary>
    public bool Shared { get; init; }

    /// <summary>Those of its subnets' pools.</summary>
    public AddressScopeId? AddressScope4 { get; init; }
    public AddressScopeId? AddressScope6 { get; init; }
}
