using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Networks;
using Pipeline.Network.Orchestrations;
using Pipeline.Network.Ports;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Hosts;

/// <summary>
/// Tells hosts what has changed for their ports. A change raises its hosts' wanted version in its own transaction; per
/// host one orchestration runs and one waits, so however many changes come meanwhile, they become one further order.
/// </summary>
internal sealed class HostRefreshes(DurableTaskClient client, RouterRefreshes routers)
{
    /// <summary>Members of groups, or their addresses: for the groups whose rules name such a group.</summary>
    public async ValueTask MembersChangedAsync(Tx tx, IReadOnlyCollection<SecurityGroupId> groups)
    {
        if (groups.Count > 0)
            await RulesChangedAsync(tx, await tx.ListGroupsNamingAsync(groups));
    }

    /// <summary>
    /// Rules of groups, or what they stand for: for the ports in them. It costs what their hosts are, however many ports
    /// these have: which ports it concerns is looked up when a host is told.
    /// </summary>
    public async ValueTask RulesChangedAsync(Tx tx, IReadOnlyCollection<SecurityGroupId> groups)
    {
        await tx.LockGroupsAsync(groups);
        var concerned = new List<(HostId Host, SecurityGroupId Group)>();
        foreach (var group in groups)
            concerned.AddRange((await tx.ListHostsOfGroupAsync(group)).Select(host => (host, group)));
        foreach (var host in concerned.GroupBy(c => c.Host, c => c.Group).OrderBy(h => h.Key.Value))
        {
            var refresh = await tx.WantRefreshAsync(host.Key);
            foreach (var group in host)
                await tx.SetNewsAsync(host.Key, group, refresh.Wanted);
            await RunAsync(tx, refresh);
        }
    }

    /// <summary>A network or its subnets: for all ports on it, and its routers.</summary>
    public async ValueTask NetworkChangedAsync(Tx tx, NetworkId network)
    {
        await MarkAsync(tx, await tx.ListBoundOnAsync(network));
        await routers.NetworkChangedAsync(tx, network);
    }

    /// <summary>
    /// Names of ports of a network, or the addresses that these stand for: for all its hosts. One that just comes to the
    /// network holds it too, so it is found here, or it reads this when it is told all.
    /// </summary>
    /// <param name="ports">Null for all ports.</param>
    /// <param name="but">A host that knows.</param>
    public async ValueTask NamesChangedAsync(
        Tx tx,
        NetworkId network,
        IReadOnlyCollection<PortId>? ports,
        HostId? but = null
    )
    {
        if (ports is { Count: 0 } || await tx.LockNetworkAsync(network) is null)
            return;
        foreach (var host in (await tx.ListNameHostsAsync(network)).Where(h => h != but))
        {
            var refresh = await tx.WantRefreshAsync(host);
            foreach (var port in ports?.Select(p => (PortId?)p) ?? [null])
                await tx.SetNameNewsAsync(host, network, port, refresh.Wanted);
            await RunAsync(tx, refresh);
        }
    }

    /// <summary>A host has guests of these networks: from now on it is told all of their names, and each that changes.</summary>
    public async ValueTask NamesWantedAsync(Tx tx, HostId host, IEnumerable<NetworkId> networks)
    {
        var news = new List<NetworkId>();
        foreach (var network in await tx.ListUntoldAsync(host, networks.Distinct()))
        {
            if (await tx.LockNetworkAsync(network) is null)
                continue;
            await tx.AddNameHostAsync(network, host);
            if (await tx.HasNamesElsewhereAsync(network, host))
                news.Add(network);
        }
        if (news.Count == 0)
            return;
        var refresh = await tx.WantRefreshAsync(host);
        foreach (var network in news)
            await tx.SetNameNewsAsync(host, network, null, refresh.Wanted);
        await RunAsync(tx, refresh);
    }

    /// <summary>A tunnelled network has come to a host, or left one: for its other hosts, one port each.</summary>
    /// <param name="but">The host itself, which knows.</param>
    public async ValueTask PlacesChangedAsync(Tx tx, NetworkId network, HostId? but = null)
    {
        var bearers = await tx.ListBearersAsync(network);
        await MarkAsync(tx, [.. bearers.Where(b => b.HostId != but)]);
    }

    /// <summary>What a policy limits: for the ports that name it, and those of networks that do.</summary>
    public async ValueTask LimitsChangedAsync(Tx tx, QosPolicyId policy) =>
        await MarkAsync(tx, await tx.ListBoundLimitedAsync(policy));

    public async ValueTask PortChangedAsync(Tx tx, PortRow port)
    {
        if (port.HostId is { } host)
            await MarkAsync(
                tx,
                [
                    new()
                    {
                        Id = port.Id,
                        HostId = host,
                        Status = port.Status,
                    },
                ]
            );
    }

    /// <summary>A guest of the host is to get ports while it runs: which, is looked up when the host is told.</summary>
    public async ValueTask PortsAddedAsync(Tx tx, HostId host) => await RunAsync(tx, await tx.WantRefreshAsync(host));

    /// <summary>A port that is just being plugged waits: its host is told when it has it.</summary>
    public async ValueTask MarkAsync(Tx tx, IReadOnlyList<BoundPort> ports)
    {
        var plugging = ports.Where(p => p.Status != PortRow.Active).Select(p => p.Id).ToList();
        await tx.SetStaleAsync(plugging, 1);
        var live = ports.Where(p => p.Status == PortRow.Active).GroupBy(p => p.HostId);
        foreach (var host in live.OrderBy(h => h.Key.Value))
        {
            var refresh = await tx.WantRefreshAsync(host.Key);
            await tx.SetStaleAsync([.. host.Select(p => p.Id)], refresh.Wanted);
            await RunAsync(tx, refresh);
        }
    }

    /// <summary>A run that has not looked yet will see this, too.</summary>
    private async ValueTask RunAsync(Tx tx, HostRefreshRow refresh)
    {
        if (refresh.Taken == refresh.Wanted - 1)
            await StartAsync(tx, refresh);
    }

    /// <summary>Begins to converge a host, or waits for the run that is under way; one that waits already will do.</summary>
    public async ValueTask StartAsync(Tx tx, HostRefreshRow refresh) =>
        await client.StartAsync(
            tx,
            new RefreshHost(refresh.HostId),
            new StartOptions($"ports-{refresh.HostId}-refresh-{refresh.Wanted}", Queue: true)
        );
}
