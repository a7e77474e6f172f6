using System.Text.Json.Serialization;

namespace Pipeline.Contracts.Drivers;

/// <summary>The host half of routing between networks (L3): addresses, routes, translation. Every member ensures.</summary>
/// <remarks>A router outlives the agent. Its legs' devices are the network driver's, made for routers' ports.</remarks>
public interface IRouterDriver : IDriver
{
    /// <summary>Makes or converges a router; what it has and is not wanted any more goes, its legs' devices excepted.</summary>
    /// <param name="devices">The device of each leg, where the network driver made one.</param>
    /// <exception cref="Fault">BadRequest for a router that cannot be; DriverFailed when a leg's device is missing.</exception>
    Task EnsureRouterAsync(HostRouter router, IReadOnlyDictionary<PortId, string?> devices, CancellationToken ct);

    /// <summary>Absent is success; what another cloud holds is absent.</summary>
    Task RemoveRouterAsync(RouterId id, CancellationToken ct);

    /// <summary>Starts again what has died of routers that are here. What is right is not touched.</summary>
    /// <remarks>A host that begins anew is told its routers by the control plane.</remarks>
    Task KeepAsync(CancellationToken ct);

    /// <summary>What this driver holds on this host for this cloud.</summary>
    Task<IReadOnlyList<RouterId>> ListRoutersAsync(CancellationToken ct);
}

/// <param name="AdminUp">False keeps the router, and lets nothing through.</param>
/// <param name="Legs">The gateway's leg is not among them.</param>
public sealed record HostRouter(
    RouterId Id,
    string Cloud,
    bool AdminUp,
    IReadOnlyList<RouterLeg> Legs,
    RouterGateway? Gateway,
    IReadOnlyList<HostRoute> Routes,
    IReadOnlyList<HostFloatingIp> FloatingIps
)
{
    /// <summary>Ports of further such addresses that stand for ports behind legs; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HostForwarding>? Forwardings { get; init; }
}

/// <summary>A router's place in one network.</summary>
/// <param name="Addresses">With their prefix lengths, as `10.0.0.1/24` or `fd00::1/64`.</param>
public sealed record RouterLeg(PortId Port, string Mac, IReadOnlyList<string> Addresses, int Mtu)
{
    /// <summary>The prefixes that the router announces there; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RouterAdvertisement>? Advertisements { get; init; }
}

/// <summary>An IPv6 subnet that a router announces to its guests (RFC 4861).</summary>
/// <param name="Prefix">The subnet's, as `fd00::/64`.</param>
/// <param name="Mode">`slaac`, `dhcpv6-stateless` or `dhcpv6-stateful`.</param>
/// <param name="Nameservers">Of IPv6, announced with it (RFC 8106).</param>
public sealed record RouterAdvertisement(string Prefix, string Mode, IReadOnlyList<string> Nameservers);

/// <summary>The way out.</summary>
/// <param name="NextHop">Where everything of IPv4 goes that no leg and no route leads to; null for nowhere.</param>
/// <param name="Snat">What leaves by IPv4 takes the gateway's address, unless it has a floating one.</param>
public sealed record RouterGateway(RouterLeg Leg, string? NextHop, bool Snat)
{
    /// <summary>Where everything of IPv6 goes that no leg and no route leads to; null for nowhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NextHop6 { get; init; }
}

/// <summary>An address on the gateway's network that stands for one behind a leg.</summary>
public sealed record HostFloatingIp(string Address, string FixedAddress);

/// <summary>A port of an address on the gateway's network that stands for a port of one behind a leg.</summary>
/// <param name="Protocol">`tcp`, `udp` or `sctp`.</param>
public sealed record HostForwarding(string Address, string Protocol, int Port, string FixedAddress, int FixedPort);
