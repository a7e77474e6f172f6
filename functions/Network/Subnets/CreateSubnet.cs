using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Ipam;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
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
            item => SubnetOrder.Read(item, caller),
            async (tx, orders) =>
            {
                await tx.ClaimAsync(orders.Select(o => o.Project), Quota.Subnet);
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

    /// <summary>Adds a subnet, whoever asks. The caller has claimed its quota.</summary>
    internal async ValueTask<SubnetId> AddAsync(Tx tx, SubnetOrder order, Caller caller)
    {
        var network = await tx.GetOwnNetworkAsync(caller, order.Network.ToString(), "create_subnet");
        await tx.LockNetworkAsync(network.Id);
        var pool = order.Pool is { } asked ? await PoolAsync(tx, caller, asked) : null;
        await tx.CheckAffinityAsync(network.Id, pool, pool?.IpVersion ?? order.Ready!.Row.IpVersion);
        var subnet = order.Ready ?? NewSubnet.Of(order.Item, caller, await TakeAsync(tx, pool!, order));
        var row = subnet.Row with { Id = new(randomness.NewGuid()), SubnetpoolId = pool?.Id };
        if (row.IpVersion == 6 && network.Mtu < Ipv6Modes.SmallestMtu)
            throw NeutronFault.MtuTooSmall(network.Id, Ipv6Modes.SmallestMtu);
        if (await tx.OverlapsAsync(network.Id, row.Prefix))
            throw NeutronFault.InvalidInput(
                $"Requested subnet with cidr: {row.Cidr} for network: {network.Id} overlaps with another subnet."
            );
        await tx.AddSubnetAsync(row);
        await tx.ReplacePoolsAsync(network.Id, row.Id, row.Prefix, subnet.Pools);
        await tx.TouchNetworkAsync(network.Id);
        var groups = await tx.AppearAsync(row);
        await dhcp.EnsureAsync(tx, network.Id);
        await refreshes.NetworkChangedAsync(tx, network.Id);
        await refreshes.MembersChangedAsync(tx, groups);
        if (row.IsAuto)
            await refreshes.NamesChangedAsync(tx, row.NetworkId, ports: null);
        return row.Id;
    }

    /// <summary>The pool that was asked for, taken for this transaction.</summary>
    private static async ValueTask<SubnetPoolRow> PoolAsync(Tx tx, Caller caller, PoolRequest asked)
    {
        var pool = asked.Pool is { } id
            ? await tx.GetSubnetPoolAsync(caller, id)
            : await DefaultAsync(tx, caller, asked.Version);
        if (pool is null)
            throw SubnetOrder.Bad($"No default subnetpool found for IPv{asked.Version}");
        if ((asked.Version ?? asked.Cidr?.Version ?? pool.IpVersion) is var due && due != pool.IpVersion)
            throw SubnetOrder.Bad($"Cannot allocate IPv{due} subnet from IPv{pool.IpVersion} subnet pool");
        await tx.LockSubnetPoolAsync(pool.Id);
        return await tx.GetSubnetPoolAsync(caller, pool.Id.ToString()); // it may have been shared no longer meanwhile
    }

    private static async ValueTask<SubnetPoolRow?> DefaultAsync(Tx tx, Caller caller, int? version) =>
        version is { } family
        && await tx.FindDefaultPoolAsync(family) is { } pool
        && (pool.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, pool.Id.ToString()))
            ? pool
            : null;

    private static async ValueTask<Cidr> TakeAsync(Tx tx, SubnetPoolRow pool, SubnetOrder order)
    {
        var cut = await tx.ListCutAsync(pool.Id);
        var own = cut.Where(c => c.ProjectId == order.Project).Select(c => c.Prefix);
        return PoolSpace.Take(pool, [.. cut.Select(c => c.Prefix)], own, order.Pool!);
    }
}
