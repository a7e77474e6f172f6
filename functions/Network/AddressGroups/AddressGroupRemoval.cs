using Pipeline.Data;
using Pipeline.Network.Rbac;

namespace Pipeline.Network.AddressGroups;

/// <summary>Takes a group away that no rule names, whoever asks.</summary>
internal static class AddressGroupRemoval
{
    /// <exception cref="Fault">Conflict when it is in use; nothing was changed then.</exception>
    public static async ValueTask RemoveAddressGroupAsync(this Tx tx, AddressGroupId id)
    {
        await tx.LockAddressGroupAsync(id);
        if ((await tx.ListGroupsNamingAsync(id)).Count > 0)
            throw Fault.Conflict(
                $"Address group {id} is in use on one or more security group rules.",
                "AddressGroupInUse"
            );
        await tx.DeleteAddressGroupAsync(id);
        await Sharing.ForgetAsync(tx, id.ToString());
    }
}
