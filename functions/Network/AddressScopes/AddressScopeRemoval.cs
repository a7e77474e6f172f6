using Pipeline.Data;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Rbac;

namespace Pipeline.Network.AddressScopes;

/// <summary>Takes a scope away that no subnet pool is in, whoever asks.</summary>
internal static class AddressScopeRemoval
{
    /// <exception cref="Fault">Conflict when it is in use; nothing was changed then.</exception>
    public static async ValueTask RemoveScopeAsync(this Tx tx, AddressScopeId id)
    {
        await tx.LockScopeAsync(id);
        if ((await tx.ListPoolsInScopeAsync(id)).Count > 0)
            throw Fault.Conflict(
                $"Unable to complete operation on address scope {id}. There are one or more subnet pools in use on the "
                    + "address scope.",
                "AddressScopeInUse"
            );
        await tx.DeleteScopeAsync(id);
        await Sharing.ForgetAsync(tx, id.ToString());
    }
}
