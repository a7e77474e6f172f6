using Pipeline.Network.Ipam;

namespace Pipeline.Network.PrefixPools;

/// <summary>Prefixes from which subnets are cut.</summary>
internal sealed record SubnetPoolRow
{
    /// <summary>As policies name it.</summary>
    public const string Type = "subnetpool";

    public SubnetPoolId Id { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public int IpVersion { get; init; }

    /// <summary>Separated by commas.</summary>
    public string Prefixes { get; init; } = "";
    public int MinPrefixlen { get; init; }
    public int MaxPrefixlen { get; init; }
    public int DefaultPrefixlen { get; init; }

    /// <summary>In addresses, or for IPv6 in prefixes of 64 bits; null for no bound.</summary>
    public long? DefaultQuota { get; init; }
    public bool IsDefault { get; init; }
    public AddressScopeId? AddressScopeId { get; init; }
    public long RevisionNumber { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public IReadOnlyList<Cidr> Ranges => [.. Split(Prefixes).Select(CidrOf)];

    public bool IsOwnedBy(Caller caller) => caller.IsAdmin || caller.ProjectId == ProjectId;

    public SubnetPoolRow With(IEnumerable<Cidr> prefixes) =>
        this with
        {
            Prefixes = string.Join(',', PrefixSet.Compact(prefixes)),
        };

    public static string[] Split(string prefixes) => prefixes.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static Cidr CidrOf(string text) =>
        Cidr.TryParse(text, out var cidr) ? cidr : throw new FormatException(text);
}

internal sealed record SubnetPoolItem(SubnetPoolRow Row, bool Shared, IReadOnlyList<string> Tags);

/// <summary>A prefix that a subnet has of a pool.</summary>
internal sealed record CutPrefix
{
    public SubnetId Id { get; init; }
    public NetworkId NetworkId { get; init; }
    public ProjectId ProjectId { get; init; }
    public string Cidr { get; init; } = "";

    public Cidr Prefix => Ipam.Cidr.TryParse(Cidr, out var cidr) ? cidr : throw new FormatException(Cidr);
}
