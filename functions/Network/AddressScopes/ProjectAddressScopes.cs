using Pipeline.Data;

namespace Pipeline.Network.AddressScopes;

/// <summary>A project's address scopes, for its emptying; one that has other projects' pools is in their way.</summary>
internal sealed class ProjectAddressScopes() : HeldRows("address-scope", PurgeStage.Networks, "address_scopes")
{
    protected override async ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!AddressScopeId.TryParse(id, out var known) || await tx.FindScopeAsync(known) is not { } found)
            return false;
        await tx.RemoveScopeAsync(found.Id);
        return true;
    }
}
