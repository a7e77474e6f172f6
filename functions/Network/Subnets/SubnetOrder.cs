using Pipeline.Network.Ipam;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>A subnet as it is asked for: with its prefix, or with the pool that is to give one. Pure.</summary>
/// <param name="Ready">Null while a pool has not given the prefix.</param>
internal sealed record SubnetOrder(
    Fields Item,
    NetworkId Network,
    ProjectId Project,
    PoolRequest? Pool,
    NewSubnet? Ready
)
{
    /// <summary>What Neutron calls the pool of prefixes that the network's provider hands out.</summary>
    private const string Delegated = "prefix_delegation";

    public static SubnetOrder Read(Fields item, Caller caller)
    {
        var network = item.Required("network_id").Id<NetworkId>();
        var cidr = CidrOf(item);
        var pool = PoolOf(item, cidr);
        int? version = pool?.Pool is null || item.Has("ip_version") ? NewSubnet.VersionOf(item) : null;
        if (cidr is { } prefix && version is { } due && prefix.Version != due)
            throw GuestSettings.OtherFamily("cidr", item.String("cidr"), due);
        if (pool is null && cidr is null)
            throw Bad("a subnetpool must be specified in the absence of a cidr");
        var ready = pool is null ? NewSubnet.Of(item, caller, cidr!.Value) : null;
        return new(item, network, item.ProjectOf(caller), pool is null ? null : pool with { Version = version }, ready);
    }

    public static Fault Bad(string what) => NeutronFault.Bad("BadRequest", $"Bad subnets request: {what}.");

    private static PoolRequest? PoolOf(Fields item, Cidr? cidr)
    {
        var pool = item.Nullable("subnetpool_id")?.String();
        var byDefault = item.Flag("use_default_subnetpool", false);
        if (pool == Delegated)
            throw Bad("prefixes are not delegated to this cloud, a subnetpool or a cidr must be specified");
        if (pool is not null && byDefault)
            throw Bad("subnetpool_id and use_default_subnetpool cannot both be specified");
        if (pool is null && !byDefault)
            return null;
        if (cidr is null && item.Nullable("allocation_pools")?.Array() is { Count: > 0 })
            throw Bad("allocation_pools allowed only for specific subnet requests");
        return new(pool, cidr, item.Nullable("prefixlen")?.Int(0, 128, text: true));
    }

    private static Cidr? CidrOf(Fields item)
    {
        if (item.Nullable("cidr")?.String() is not { } text)
            return null;
        if (item.Nullable("prefixlen") is not null)
            throw Bad("cidr and prefixlen must not be supplied together");
        return Cidr.TryParse(text.Trim(), out var cidr)
            ? cidr
            : throw NeutronFault.InvalidInput($"{text} is not in a CIDR format.");
    }
}
