using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Mechanisms;
using Pipeline.Network.Networks;
using Pipeline.Network.Ports;
using Pipeline.Network.Qos;
using Pipeline.Network.Routers;

namespace Pipeline.Network.Activities;

/// <summary>Reads what a router's host has to be told. A router with ports and no host is given one, and its ports with it.</summary>
internal sealed record PlaceRouter(RouterId Router) : IActivity<RouterPlan>;

/// <param name="Host">Where the router is or is to be; null for nowhere.</param>
/// <param name="IsNew">The host has not confirmed yet that it has the router.</param>
/// <param name="Waits">No host can take it now.</param>
/// <param name="Router">Null when it goes from its host.</param>
/// <param name="Gone">Ports that the host has to let go of.</param>
/// <param name="Left">Their networks.</param>
internal sealed record RouterPlan(
    HostId? Host,
    bool IsNew,
    bool Waits,
    HostRouter? Router,
    IReadOnlyList<HostNetwork> Networks,
    IReadOnlyList<HostPort> Ports,
    IReadOnlyList<PortId> Gone,
    IReadOnlyList<NetworkId> Left,
    RouterReceipt Receipt
)
{
    /// <summary>What takes the router from hosts that had it and are up; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RemoveRouter>? Copies { get; init; }
}

/// <summary>What holds when the host has confirmed.</summary>
/// <param name="Removed">The router is on no host any more.</param>
/// <param name="Floating">Floating addresses that are there.</param>
/// <param name="FreedFloating">Deleted ones that are there no more.</param>
internal sealed record RouterReceipt(
    long Version,
    bool Removed,
    IReadOnlyList<PortId> Plugged,
    IReadOnlyList<PortId> Gone,
    IReadOnlyList<FloatingIpId> Floating,
    IReadOnlyList<FloatingIpId> FreedFloating
)
{
    /// <summary>Who confirms; null for nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HostId? Host { get; init; }
}

internal sealed class PlaceRouterHandler(
    HostRefreshes refreshes,
    MechanismDrivers mechanisms,
    IHosts hosts,
    Cloud cloud
) : ITransactionalActivity<PlaceRouter, RouterPlan>
{
    public async ValueTask<RouterPlan> RunAsync(Tx tx, PlaceRouter step)
    {
        if (await tx.TakeRouterAsync(step.Router) is not { } router)
            return Nowhere(waits: true, new(0, true, [], [], [], []));
        var copies = await tx.ListCopyRemovalsAsync(router.Id);
        var plan = await PlanAsync(tx, router, [.. copies.Select(c => c.Host)]);
        if (copies.Count == 0)
            return plan;
        var up = (await hosts.ListAsync(tx)).Where(h => h.IsUp).Select(h => h.Id).ToHashSet();
        var reachable = copies.Where(c => up.Contains(c.Host)).ToList();
        return plan with { Copies = reachable.Count > 0 ? reachable : null };
    }

    /// <param name="left">Hosts that it was taken from: it does not go back before they have let go.</param>
    private async ValueTask<RouterPlan> PlanAsync(Tx tx, RouterRow router, IReadOnlyList<HostId> left)
    {
        var ports = router.DeletedAt is null ? await tx.ListRouterPortsAsync(router.Id) : [];
        var gone = await tx.ListBuriedPortsAsync(router.Id);
        var floating = await tx.ListFloatingOfRouterAsync(router.Id);
        var receipt = new RouterReceipt(
            router.Taken,
            Removed: ports.Count == 0,
            [.. ports.Select(p => p.Id)],
            [.. gone.Select(p => p.Id)],
            [.. floating.Where(f => f.DeletedAt is null).Select(f => f.Id)],
            [.. floating.Where(f => f.DeletedAt is not null).Select(f => f.Id)]
        );
        IReadOnlyList<NetworkId> networksLeft = [.. gone.Select(p => p.NetworkId).Distinct().OrderBy(n => n.Value)];
        if (ports.Count == 0)
            return Nowhere(waits: false, receipt) with
            {
                Host = router.HostId,
                Receipt = receipt with { Host = router.HostId },
                Gone = receipt.Gone,
                Left = networksLeft,
            };
        if (await HostAsync(tx, router, left) is not { } host)
            return Nowhere(waits: true, receipt);
        var bound = await BindAsync(tx, ports, host);
        var (networks, hostPorts) = await tx.LowerAsync(bound, cloud.Id, host.HostId);
        var told = await tx.LowerAsync(router, bound, networks, cloud.Id);
        return new(
            host.HostId,
            !router.Confirmed,
            false,
            told,
            networks,
            hostPorts,
            receipt.Gone,
            networksLeft,
            receipt with
            {
                Host = host.HostId,
            }
        );
    }

    private static RouterPlan Nowhere(bool waits, RouterReceipt receipt) =>
        new(null, false, waits, null, [], [], [], [], receipt);

    /// <summary>Where it is, else the network node of its zones with the fewest routers; one that others can reach comes first.</summary>
    private async ValueTask<NetworkHostRow?> HostAsync(Tx tx, RouterRow router, IReadOnlyList<HostId> left)
    {
        if (router.HostId is { } known)
            return await tx.FindNetworkHostAsync(known);
        var up = await hosts.ListUpAsync(tx);
        var chosen = (await tx.ListNetworkNodesAsync()).FirstOrDefault(n =>
            up.Contains(n.HostId) && !left.Contains(n.HostId) && router.MayBeIn(n.Zone)
        );
        if (chosen is not null)
            await tx.PlaceRouterAsync(router.Id, chosen.HostId);
        return chosen;
    }

    /// <summary>Ports that the host does not have yet are bound; networks that come to it are told to their other hosts.</summary>
    private async ValueTask<IReadOnlyList<PortRow>> BindAsync(Tx tx, IReadOnlyList<PortRow> ports, NetworkHostRow host)
    {
        List<NetworkId> arriving = [];
        var networks = new Dictionary<NetworkId, NetworkRow>();
        foreach (var id in ports.Select(p => p.NetworkId).Distinct().OrderBy(n => n.Value))
        {
            if (await tx.LockNetworkAsync(id) is { } network)
                networks.Add(id, network);
            if (!await tx.IsPlacedAsync(id, host.HostId))
                arriving.Add(id);
        }
        await tx.HoldQosPoliciesAsync(ports.Select(p => p.QosPolicyId));
        var bound = ports.Select(p => p.HostId is null ? Bound(p, networks[p.NetworkId], host) : p).ToList();
        foreach (var port in bound.Except(ports))
            await tx.BindRouterPortAsync(port);
        foreach (var network in arriving)
            await refreshes.PlacesChangedAsync(tx, network, host.HostId);
        return bound;
    }

    private PortRow Bound(PortRow port, NetworkRow network, NetworkHostRow host) =>
        mechanisms.Bound(port, network, host) with
        {
            HostId = host.HostId,
            BindingHost = host.Name,
            Status = PortRow.Build,
        };
}
