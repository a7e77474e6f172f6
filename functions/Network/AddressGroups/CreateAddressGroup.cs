using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

internal sealed class CreateAddressGroup(Creates creates, Randomness randomness)
{
    private const string Rule = "network:address-groups:create";

    [Function("network-create-address-group"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/address-groups")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            AddressGroupView.All,
            item => (Row: Read(item, caller), Addresses: GroupAddresses.Read(item)),
            async (tx, orders) =>
            {
                var added = new List<AddressGroupItem>();
                foreach (var (order, addresses) in orders)
                {
                    var row = order with { Id = new(randomness.NewGuid()) };
                    await tx.AddAddressGroupAsync(row);
                    foreach (var address in addresses)
                        await tx.AddAddressAsync(row.Id, address);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"address-group/{row.Id}"));
                    added.Add(await tx.AddressGroupItemAsync(row.Id, caller.Viewer()));
                }
                return added;
            }
        );

    private static AddressGroupRow Read(Fields item, Caller caller) =>
        new()
        {
            ProjectId = item.ProjectOf(caller),
            Name = item.Text("name"),
            Description = item.Text("description"),
        };
}
