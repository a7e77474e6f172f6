using Pipeline.Network.PortForwardings;
using Pipeline.Network.Ports;

namespace Pipeline.Network.FloatingIps;

/// <summary>A floating address as it is stored; one with <see cref="DeletedAt"/> is a tombstone that nobody sees.</summary>
internal sealed record FloatingIpRow
{
    public const string Down = "DOWN";

    public FloatingIpId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Description { get; init; } = "";
    public NetworkId FloatingNetworkId { get; init; }
    public PortId FloatingPortId { get; init; }
    public string FloatingIpAddress { get; init; } = "";

    /// <summary>What it stands for as a whole; null too while single ports of it are forwarded.</summary>
    public PortId? PortId { get; init; }
    public string? FixedIpAddress { get; init; }

    /// <summary>The router between it and what it, or ports of it, stand for.</summary>
    public RouterId? RouterId { get; init; }

    /// <summary>ACTIVE once the router's host has it.</summary>
    public string Status { get; init; } = Down;
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
}

internal sealed record FloatingIpItem(
    FloatingIpRow Row,
    IReadOnlyList<PortForwardingRow> Forwardings,
    IReadOnlyList<string> Tags
)
{
    /// <summary>What it stands for as a whole; null for nothing.</summary>
    public PortRow? Port { get; init; }
}
