using Pipeline.Data;

namespace Pipeline.Network.AddressGroups;

/// <summary>A project's address groups, for its emptying; one that other projects' rules name is in their way.</summary>
internal sealed class ProjectAddressGroups() : HeldRows("address-group", PurgeStage.Subnets, "address_groups")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!AddressGroupId.TryParse(id, out var known) || await tx.FindAddressGroupAsync(known) is not { } found)
            return false;
        await tx.RemoveAddressGroupAsync(found.Id);
        return true;
    }
}
