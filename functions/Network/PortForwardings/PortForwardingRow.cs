namespace Pipeline.Network.PortForwardings;

/// <summary>A port of a floating address that stands for one behind its router, as it is stored.</summary>
internal sealed record PortForwardingRow
{
    public PortForwardingId Id { get; init; }
    public FloatingIpId FloatingIpId { get; init; }

    /// <summary>One of <see cref="NewPortForwarding.Protocols"/>.</summary>
    public string Protocol { get; init; } = "";
    public int ExternalPort { get; init; }

    /// <summary>The port of a network behind the router; a neutron port, not a number.</summary>
    public PortId InternalPortId { get; init; }
    public string InternalIpAddress { get; init; } = "";
    public int InternalPort { get; init; }
    public string Description { get; init; } = "";
}
