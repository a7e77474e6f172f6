using Pipeline.Network.Ipam;

namespace Pipeline.Network.Subnets;

internal sealed record SubnetRow
{
    public SubnetId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public NetworkId NetworkId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public int IpVersion { get; init; }
    public string Cidr { get; init; } = "";

    /// <summary>The prefix's bounds and where the search for a free address begins, as addresses are stored.</summary>
    public string FirstAddress { get; init; } = "";
    public string LastAddress { get; init; } = "";
    public string NextAddress { get; init; } = "";
    public string? GatewayIp { get; init; }
    public bool EnableDhcp { get; init; }
    public string? Ipv6RaMode { get; init; }
    public string? Ipv6AddressMode { get; init; }

    /// <summary>Addresses, separated by commas, in the order in which guests are told them.</summary>
    public string DnsNameservers { get; init; } = "";

    /// <summary>`destination=nexthop`, separated by commas.</summary>
    public string HostRoutes { get; init; } = "";

    /// <summary>The device owners that it serves alone, separated by commas; empty for all.</summary>
    public string ServiceTypes { get; init; } = "";

    /// <summary>The pool that its prefix is of.</summary>
    public SubnetPoolId? SubnetpoolId { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public Ipv6Modes Modes => new(Ipv6RaMode, Ipv6AddressMode);

    /// <summary>Guests make their own addresses here, of the prefix and their MACs.</summary>
    public bool IsAuto => Modes.AreAuto;

    public Cidr Prefix => Ipam.Cidr.TryParse(Cidr, out var cidr) ? cidr : throw new FormatException(Cidr);

    public IReadOnlyList<string> Services => ServiceTypes.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> Nameservers => DnsNameservers.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<SubnetRoute> Routes =>
        [
            .. HostRoutes
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(r => r.Split('='))
                .Select(r => new SubnetRoute(r[0], r[1])),
        ];
}

internal sealed record SubnetRoute(string Destination, string NextHop);

/// <summary>A subnet with its pools, in rising order.</summary>
internal sealed record SubnetItem(SubnetRow Row, IReadOnlyList<AddressRange> Pools, IReadOnlyList<string> Tags);

internal sealed record SubnetOfNetwork
{
    public SubnetId Id { get; init; }
    public NetworkId NetworkId { get; init; }
}
