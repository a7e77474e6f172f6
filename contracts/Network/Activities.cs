using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Contracts.Network;

/// <summary>What a server asks of one network interface: a network (a port is made), or a port that exists.</summary>
public sealed record NicRequest(NetworkId? Network, PortId? Port, string? FixedIp);

/// <summary>Gives a server its ports on a host: makes those that are missing, with addresses, and binds all. Done in one transaction.</summary>
public sealed record BindPorts(
    ServerId ServerId,
    ProjectId Project,
    string HostName,
    HostId Host,
    IReadOnlyList<NicRequest> Nics,
    IReadOnlyList<SecurityGroupId> SecurityGroups,
    string ServerName
) : IActivity<BoundPorts>;

/// <param name="Networks">The networks of the ports, as their host needs them.</param>
public sealed record BoundPorts(IReadOnlyList<HostNetwork> Networks, IReadOnlyList<HostPort> Ports);

/// <summary>Frees a server's ports: those made for it are deleted, the others detached.</summary>
public sealed record UnbindPorts(ServerId ServerId) : IActivity<Done>;

/// <summary>Marks ports as live once their host has them.</summary>
public sealed record MarkPortsActive(ServerId ServerId) : IActivity<Done>;

/// <summary>Makes networks and ports on a host. The result names each port's device.</summary>
public sealed record PlugPorts(
    HostId Host,
    ServerId ServerId,
    IReadOnlyList<HostNetwork> Networks,
    IReadOnlyList<HostPort> Ports
) : IHostActivity<PluggedPorts>;

public sealed record PluggedPorts(IReadOnlyList<PluggedPort> Ports);

public sealed record PluggedPort(PortId Id, string? Device);

/// <summary>Removes a server's ports from a host, and each of their networks that has no port left there.</summary>
public sealed record UnplugPorts(
    HostId Host,
    ServerId ServerId,
    IReadOnlyList<PortId> Ports,
    IReadOnlyList<NetworkId> Networks
) : IHostActivity<Done>;

/// <summary>Converges what is there already: changed rules, names, DHCP options. A port that is gone is left gone.</summary>
public sealed record RefreshPorts(HostId Host, IReadOnlyList<HostNetwork> Networks, IReadOnlyList<HostPort> Ports)
    : IHostActivity<Done>
{
    /// <summary>News of names in networks that the host has; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HostNames>? Names { get; init; }

    /// <summary>Ports that guests get while they run, with their networks; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BoundPorts? Added { get; init; }
}

/// <summary>Makes or converges a router with its networks and ports, then removes ports that it has no more.</summary>
/// <param name="Gone">Ports that it had.</param>
/// <param name="Left">Their networks: each that has no port left on the host is removed.</param>
public sealed record EnsureRouter(
    HostId Host,
    HostRouter Router,
    IReadOnlyList<HostNetwork> Networks,
    IReadOnlyList<HostPort> Ports,
    IReadOnlyList<PortId> Gone,
    IReadOnlyList<NetworkId> Left
) : IHostActivity<Done>;

/// <summary>Removes a router from a host with its ports, and each of their networks that has no port left there.</summary>
public sealed record RemoveRouter(
    HostId Host,
    RouterId Router,
    IReadOnlyList<PortId> Ports,
    IReadOnlyList<NetworkId> Networks
) : IHostActivity<Done>;
