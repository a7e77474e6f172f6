namespace Pipeline.Contracts.Drivers;

/// <summary>
/// The precommit half of a network mechanism (ML2's): whether it can bind a port on a host, and as what. Its other half is the
/// host's <see cref="INetworkDriver"/>, whose members are steps of workflows, each with its undo.
/// </summary>
/// <remarks>Asked inside the transaction that binds, and asked again when that is repeated: pure, no I/O, no clock.</remarks>
public interface IMechanismDriver
{
    /// <summary>The name in configuration, as `linux-bridge`; unique among mechanisms.</summary>
    string Name { get; }

    /// <summary>The contract version the driver was written for.</summary>
    int Contract { get; }

    /// <returns>Null for a port that it cannot bind: the mechanism after it is asked.</returns>
    PortBinding? Bind(BindingRequest request);
}

/// <param name="HostDriver">The name of the network driver that the host has.</param>
/// <param name="VnicType">The kind of interface that the port asks for, as `normal`.</param>
/// <param name="SegmentType">The type of the network's segment, as `vxlan`.</param>
/// <param name="Secured">The port is to be filtered: its own addresses alone, and what its security groups allow.</param>
/// <param name="Dhcp">The network is to answer DHCP.</param>
public sealed record BindingRequest(string HostDriver, string VnicType, string SegmentType, bool Secured, bool Dhcp)
{
    /// <summary>The types of segment that the host's driver has found its machine can carry; empty where it does not tell.</summary>
    public IReadOnlyList<string> HostSegments { get; init; } = [];

    /// <summary>The port is to be reached by another one's device, by a tag (a trunk's subport).</summary>
    public bool Tagged { get; init; }

    /// <summary>The host's driver has found that its machine can carry such tags.</summary>
    public bool HostTags { get; init; }
}

/// <summary>A port as its mechanism has bound it.</summary>
/// <param name="VifType">`binding:vif_type`, as `bridge`: what the host plugs a guest into.</param>
/// <param name="PortFilter">The mechanism enforces security groups and anti-spoofing.</param>
public sealed record PortBinding(string VifType, bool PortFilter);
