using Pipeline.Data;
using Pipeline.Network.AddressScopes;
using Pipeline.Network.Rbac;
using Pipeline.Network.Subnets;

namespace Pipeline.Network.PrefixPools;

/// <summary>Whether a pool may be in its address scope, with these prefixes, and be the cloud's default.</summary>
internal static class PoolScopes
{
    /// <param name="before">Null for a new pool.</param>
    /// <exception cref="Fault">NotFound, BadRequest or Conflict by Neutron's names.</exception>
    public static async ValueTask CheckPoolAsync(this Tx tx, Caller caller, SubnetPoolRow? before, SubnetPoolRow after)
    {
        if (after.IsDefault && before?.IsDefault != true && await tx.FindDefaultPoolAsync(after.IpVersion) is not null)
            throw SecondDefault();
        if (before?.AddressScopeId is { } old && await tx.FindScopeAsync(old) is { } left && !left.IsOwnedBy(caller))
            throw NeutronFault.Bad(
                "IllegalSubnetPoolUpdate",
                $"Illegal subnetpool update : subnetpool {after.Id} cannot be updated when associated with shared address "
                    + $"scope {old}."
            );
        if (after.AddressScopeId is { } scope)
            await tx.CheckScopeAsync(caller, after, scope);
        if (before is not null && before.AddressScopeId != after.AddressScopeId)
            await tx.CheckNetworksAsync(after);
    }

    public static Fault SecondDefault() =>
        NeutronFault.InvalidInput(
            "A default subnetpool for this IP family has already been set. Only one default may exist per IP family."
        );

    private static async ValueTask CheckScopeAsync(this Tx tx, Caller caller, SubnetPoolRow pool, AddressScopeId id)
    {
        var scope = await tx.LockScopeAsync(id) ?? throw NeutronFault.AddressScopeNotFound(id);
        if (!scope.IsOwnedBy(caller) && !await tx.IsSharedAsync(caller.Project, id.ToString()))
            throw NeutronFault.Bad(
                "IllegalSubnetPoolAssociationToAddressScope",
                $"Illegal subnetpool association: subnetpool {pool.Id} cannot be associated with address scope {id}."
            );
        if (scope.IpVersion != pool.IpVersion)
            throw NeutronFault.Bad(
                "IllegalSubnetPoolIpVersionAssociationToAddressScope",
                $"Illegal subnetpool association: subnetpool {pool.Id} cannot associate with address scope {id} because "
                    + $"subnetpool ip_version is not {scope.IpVersion}."
            );
        var others = (await tx.ListPoolsInScopeAsync(id)).Where(p => p.Id != pool.Id).SelectMany(p => p.Ranges);
        if (PrefixSet.Overlap(pool.Ranges, others))
            throw Fault.Conflict(
                "Failed to associate address scope: subnetpools within an address scope must have unique prefixes.",
                "AddressScopePrefixConflict"
            );
    }

    /// <summary>A network is in one scope with all of its subnets of a family, so those of the pool must be all it has.</summary>
    private static async ValueTask CheckNetworksAsync(this Tx tx, SubnetPoolRow pool)
    {
        var networks = (await tx.ListCutAsync(pool.Id)).Select(s => s.NetworkId).Distinct();
        var family = (await tx.ListSubnetsAsync(networks)).Where(s => s.IpVersion == pool.IpVersion);
        if (family.Any(s => s.SubnetpoolId != pool.Id))
            throw PoolAffinity.OneScope();
    }
}
