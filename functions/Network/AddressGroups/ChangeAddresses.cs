using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

/// <summary>Adds addresses to a group or takes them away; the hosts of ports whose rules name it are told in the same transaction.</summary>
internal sealed class ChangeAddresses(Database db, HostRefreshes refreshes)
{
    private const string AddRule = "network:address-groups:add-addresses";
    private const string RemoveRule = "network:address-groups:remove-addresses";

    [Function("network-add-addresses"), Policy(AddRule, Require.ProjectMember)]
    public Task<IResult> AddAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/address-groups/{id}/add_addresses")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    ) => ChangeAsync(request, caller, caller.Audit(requestId, AddRule, $"address-group/{id}"), id, AddAllAsync);

    [Function("network-remove-addresses"), Policy(RemoveRule, Require.ProjectMember)]
    public Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "network/v2.0/address-groups/{id}/remove_addresses")]
            HttpRequest request,
        Caller caller,
        RequestId requestId,
        string id
    ) => ChangeAsync(request, caller, caller.Audit(requestId, RemoveRule, $"address-group/{id}"), id, RemoveAllAsync);

    private static async ValueTask AddAllAsync(Tx tx, AddressGroupId group, IReadOnlyList<string> addresses)
    {
        var known = new List<string>();
        foreach (var address in addresses)
            if (!await tx.AddAddressAsync(group, address))
                known.Add(address);
        if (known.Count > 0)
            throw NeutronFault.Bad(
                "AddressesAlreadyExist",
                $"Addresses {GroupAddresses.Listed(known)} already exist in the address group {group}."
            );
    }

    private static async ValueTask RemoveAllAsync(Tx tx, AddressGroupId group, IReadOnlyList<string> addresses)
    {
        var unknown = new List<string>();
        foreach (var address in addresses)
            if (!await tx.RemoveAddressAsync(group, address))
                unknown.Add(address);
        if (unknown.Count > 0)
            throw Fault.NotFound(
                $"Addresses {GroupAddresses.Listed(unknown)} not found in the address group {group}.",
                "AddressesNotFound"
            );
    }

    private async Task<IResult> ChangeAsync(
        HttpRequest request,
        Caller caller,
        AuditRecord audit,
        string id,
        Func<Tx, AddressGroupId, IReadOnlyList<string>, ValueTask> change
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        // Some clients send the addresses under the group's name.
        var addresses = GroupAddresses.Read(body.Nullable("address_group")?.Object() ?? body);
        var group = await db.WriteAsync(async tx =>
        {
            var row = await tx.LockOwnAddressGroupAsync(caller, id, "update_address_group");
            if (addresses.Count > 0)
            {
                await change(tx, row.Id, addresses);
                await tx.UpdateAddressGroupAsync(row);
                await refreshes.RulesChangedAsync(tx, await tx.ListGroupsNamingAsync(row.Id));
                await tx.AuditAsync(audit);
            }
            return await tx.AddressGroupItemAsync(row.Id, caller.Viewer());
        });
        return AddressGroupView.All.Show(request, caller, group);
    }
}
