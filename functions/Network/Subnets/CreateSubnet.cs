using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Quotas;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Subnets;

/// <summary>Makes a subnet with its pools and, where it has DHCP, the address of its DHCP server.</summary>
internal sealed class CreateSubnet(Creates creates, DhcpPorts dhcp, HostRefreshes refreshes, Randomness randomness)
{
    private const string Rule = "network:subnets:create";

    [Function("network-create-subnet"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/subnets")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            SubnetView.All,
            item => NewSubnet.Read(item, caller),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Row.ProjectId), Quota.Subnet);
                var added = new List<SubnetItem>();
                foreach (var order in orders)
                {
                    var id = await AddAsync(tx, order, caller);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"subnet/{id}"));
                    added.Add(await tx.SubnetItemAsync(id));
                }
                return added;
            }
        );

    private async ValueTask<SubnetId> AddAsync(Tx tx, NewSubnet order, Caller caller)
    {
        var network = await tx.GetOwnNetworkAsync(caller, order.Row.NetworkId.ToString(), "create_subnet");
        await tx.LockNetworkAsync(network.Id);
        var row = order.Row with { Id = new(randomness.NewGuid()) };
        if (await tx.OverlapsAsync(network.Id, row.Prefix))
            throw NeutronFault.InvalidInput(
                $"Requested subnet with cidr: {row.Cidr} for network: {network.Id} overlaps with another subnet."
            );
        await tx.AddSubnetAsync(row);
        await tx.ReplacePoolsAsync(network.Id, row.Id, row.Prefix, order.Pools);
        await tx.TouchNetworkAsync(network.Id);
        await dhcp.EnsureAsync(tx, network.Id);
        await refreshes.NetworkChangedAsync(tx, network.Id);
        return row.Id;
    }
}
