using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Ipam;
using Pipeline.Network.Ports;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.Routers;

/// <summary>A router as it is stored; one with <see cref="DeletedAt"/> is a tombstone that nobody sees.</summary>
internal sealed record RouterRow
{
    public RouterId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public bool AdminStateUp { get; init; }
    public NetworkId? GatewayNetworkId { get; init; }
    public PortId? GatewayPortId { get; init; }
    public bool EnableSnat { get; init; }

    /// <summary>`destination=nexthop`, separated by commas.</summary>
    public string Routes { get; init; } = "";

    /// <summary>Zones in which it may be placed, separated by commas; empty for all.</summary>
    public string AvailabilityZoneHints { get; init; } = "";
    public HostId? HostId { get; init; }

    /// <summary>Its host has said that it has it.</summary>
    public bool Confirmed { get; init; }
    public long Wanted { get; init; }
    public long Taken { get; init; }
    public long Done { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    public IReadOnlyList<SubnetRoute> ExtraRoutes => Read(Routes);

    public bool MayBeIn(string zone) => ZoneHints.Allow(AvailabilityZoneHints, zone);

    /// <summary>The routes, as text and back.</summary>
    public static string Write(IEnumerable<SubnetRoute> routes) =>
        string.Join(',', routes.Select(r => $"{r.Destination}={r.NextHop}"));

    private static IReadOnlyList<SubnetRoute> Read(string routes) =>
        [
            .. routes
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(r => r.Split('='))
                .Select(r => new SubnetRoute(r[0], r[1])),
        ];
}

/// <summary>A port with which a router has to do.</summary>
internal sealed record RouterPort(PortRow Port, bool IsGateway);

/// <summary>A router with what is shown beside it.</summary>
internal sealed record RouterItem(
    RouterRow Row,
    IReadOnlyList<AllocationRow> GatewayAddresses,
    IReadOnlyList<string> Tags
)
{
    /// <summary>The zone of the network node that it is on; null for nowhere.</summary>
    public string? Zone { get; init; }
}
