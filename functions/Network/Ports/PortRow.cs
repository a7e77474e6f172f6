using Pipeline.Network.Ipam;
using Pipeline.Network.Trunks;

namespace Pipeline.Network.Ports;

/// <summary>A port as it is stored; one with <see cref="DeletedAt"/> is a tombstone that nobody sees.</summary>
internal sealed record PortRow
{
    public const string Dhcp = "network:dhcp";
    public const string RouterInterface = "network:router_interface";
    public const string RouterGateway = "network:router_gateway";
    public const string FloatingIp = "network:floatingip";
    public const string Compute = "compute:nova";
    public const string Subport = "trunk:subport";

    /// <summary>Bound to no host.</summary>
    public const string Down = "DOWN";

    /// <summary>Bound; its host has not said yet that it has it.</summary>
    public const string Build = "BUILD";
    public const string Active = "ACTIVE";

    public PortId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public NetworkId NetworkId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public string MacAddress { get; init; } = "";
    public bool AdminStateUp { get; init; }
    public string Status { get; init; } = Down;
    public string DeviceId { get; init; } = "";
    public string DeviceOwner { get; init; } = "";
    public bool PortSecurityEnabled { get; init; }

    /// <summary>`binding:host_id` as it is shown: the host's name.</summary>
    public string BindingHost { get; init; } = "";

    public string VnicType { get; init; } = VnicTypes.Normal;

    /// <summary>The mechanism that has bound it; empty while it is on no host.</summary>
    public string Mechanism { get; init; } = "";
    public string VifType { get; init; } = "";

    /// <summary>Its mechanism enforces port security.</summary>
    public bool PortFilter { get; init; }

    /// <summary>JSON that an admin set; opaque.</summary>
    public string BindingProfile { get; init; } = "{}";

    /// <summary>`mac=prefix`, separated by commas; no MAC stands for the port's own.</summary>
    public string AddressPairs { get; init; } = "";

    /// <summary>A line each: name, tab, value.</summary>
    public string DhcpOptions { get; init; } = "";

    /// <summary>The name by which the network knows the guest; empty for its server's.</summary>
    public string DnsName { get; init; } = "";

    /// <summary>What limits it; null for what limits its network.</summary>
    public QosPolicyId? QosPolicyId { get; init; }

    /// <summary>The trunk that it is in; null for none.</summary>
    public TrunkId? TrunkId { get; init; }

    /// <summary>Its tag in the trunk.</summary>
    public int? SegmentationId { get; init; }
    public ServerId? ServerId { get; init; }
    public HostId? HostId { get; init; }
    public string GuestName { get; init; } = "";

    /// <summary>The port's turn among its server's, from 1; 0 for what the server has, or had, by a trunk.</summary>
    public int Attachment { get; init; }
    public bool MadeForServer { get; init; }
    public long StaleVersion { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Whose the ports are that the cloud has on external networks.</summary>
    public static ProjectId Nobody { get; } = new(new string('0', 32));

    /// <summary>As Neutron shows it: nobody's is empty.</summary>
    public string ShownProject => ProjectId == Nobody ? "" : ProjectId.Value;

    /// <summary>The network's other guests find it by a name: its own, or its server's.</summary>
    public bool IsNamed => DnsName.Length > 0 || GuestName.Length > 0;

    /// <summary>A host has it for a router: what only calls itself a router's is never on a host without a server.</summary>
    public bool IsRouters => HostId is not null && ServerId is null;

    /// <summary>Out of its trunk, and its host has not let go of it yet: DOWN where it was told to, BUILD where it is just getting it.</summary>
    public bool IsLeaving => ServerId is not null && TrunkId is null && Attachment == 0;

    /// <summary>The network's own devices (DHCP, routers) are trusted and have no security groups.</summary>
    public static bool IsTrusted(string deviceOwner) => deviceOwner.StartsWith("network:", StringComparison.Ordinal);
}

internal sealed record PortItem(
    PortRow Row,
    IReadOnlyList<AllocationRow> Addresses,
    IReadOnlyList<SecurityGroupId> Groups,
    IReadOnlyList<string> Tags
)
{
    /// <summary>What its network says of it; null for nothing.</summary>
    public PortNetwork? Network { get; init; }

    /// <summary>The trunk that is had by it; null for none.</summary>
    public TrunkDetails? Trunk { get; init; }
}

internal sealed record PortGroupRow
{
    public PortId PortId { get; init; }
    public SecurityGroupId SecurityGroupId { get; init; }
    public bool Stateful { get; init; }
}
