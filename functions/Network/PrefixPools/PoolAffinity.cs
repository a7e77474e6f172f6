using Pipeline.Data;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.PrefixPools;

/// <summary>All subnets of a network and of one family are of one pool, or of pools of one address scope, or of none.</summary>
internal static class PoolAffinity
{
    /// <param name="pool">The pool of a new subnet; null for one that is of none.</param>
    /// <param name="version">The new subnet's.</param>
    /// <exception cref="Fault">BadRequest by Neutron's names.</exception>
    public static async ValueTask CheckAffinityAsync(this Tx tx, NetworkId network, SubnetPoolRow? pool, int version)
    {
        var family = (await tx.ListSubnetsAsync([network])).Where(s => s.IpVersion == version);
        var present = family.Select(s => s.SubnetpoolId).Distinct().ToList();
        if (present.All(p => p == pool?.Id))
            return;
        var scopes = await tx.ListScopesAsync(present.OfType<SubnetPoolId>());
        if (pool is not null && scopes.Count > 0)
        {
            if (scopes.Any(scope => scope != pool.AddressScopeId))
                throw OneScope();
            return;
        }
        throw NeutronFault.Bad(
            "NetworkSubnetPoolAffinityError",
            "Subnets hosted on the same network must be allocated from the same subnet pool."
        );
    }

    public static Fault OneScope() =>
        NeutronFault.Bad(
            "NetworkAddressScopeAffinityError",
            "Subnets of the same address family hosted on the same network must all participate in the same address scope."
        );

    private static async ValueTask<IReadOnlyList<AddressScopeId>> ListScopesAsync(
        this Tx tx,
        IEnumerable<SubnetPoolId> pools
    )
    {
        var scopes = new List<AddressScopeId>();
        foreach (var id in pools)
            if ((await tx.FindSubnetPoolAsync(id))?.AddressScopeId is { } scope)
                scopes.Add(scope);
        return scopes;
    }
}
