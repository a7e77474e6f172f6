using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Network.Agents;
using Pipeline.Network.Hosts;
using Pipeline.Network.Orchestrations;

namespace Pipeline.Network.Routers;

/// <summary>
/// Takes routers from their hosts, at an operator's word alone. A host that is up lets go first. Of a silent one the word says
/// that it is off: nothing waits for it, and if it comes back, the first that it is told is to let go of its copy.
/// </summary>
internal sealed class RouterMoves(RouterRefreshes refreshes, PortPlaces places, DurableTaskClient client, IHosts hosts)
{
    /// <summary>The type of the fault where a router has nowhere to go.</summary>
    public const string NoOther = "RouterHasNoOtherAgent";

    /// <param name="router">Locked.</param>
    /// <exception cref="Fault">Conflict when the router is not there, or there is no other node that could take it.</exception>
    public async ValueTask TakeAwayAsync(Tx tx, RouterRow router, AgentRow agent)
    {
        var standing = (await hosts.ListAsync(tx)).Where(h => h.IsUp).Select(h => h.Id).ToHashSet();
        if (router.HostId != agent.HostId)
        {
            await SayAgainAsync(tx, router, agent, standing);
            return;
        }
        var ports = await tx.ListRouterPortsAsync(router.Id);
        if (ports.Count > 0 && !(await tx.ListNetworkNodesAsync()).Any(IsOther))
            throw Stays([router.Id]);
        if (!standing.Contains(agent.HostId))
            await StopWaitingAsync(tx, router, agent);
        var held = ports.Where(p => p.HostId is not null).ToList();
        await tx.AddRouterCopyAsync(router.Id, agent.HostId, [.. held, .. await tx.ListBuriedPortsAsync(router.Id)]);
        foreach (var port in held)
            await tx.UnbindRouterPortAsync(port.Id);
        await tx.PlaceRouterAsync(router.Id, null);
        await places.LeftAsync(tx, held);
        await refreshes.AgainAsync(tx, router.Id);

        bool IsOther(NetworkHostRow node) =>
            node.HostId != agent.HostId && standing.Contains(node.HostId) && router.MayBeIn(node.Zone);
    }

    /// <summary>Of a host that was told to let go while it still seemed to be up: the word counts once it is silent.</summary>
    private async ValueTask SayAgainAsync(Tx tx, RouterRow router, AgentRow agent, IReadOnlySet<HostId> standing)
    {
        if (!await HasAsync(tx, router, agent))
            throw NeutronFault.NotHosted(router.Id, agent.Id);
        if (standing.Contains(agent.HostId))
            return; // it is being told
        await StopWaitingAsync(tx, router, agent);
        await refreshes.AgainAsync(tx, router.Id);
    }

    /// <summary>Routers that an agent's host has, or may have a copy of.</summary>
    public static async ValueTask<IReadOnlyList<RouterId>> ListAsync(Tx tx, AgentRow agent)
    {
        var copies = await tx.ListCopiedRoutersAsync(agent.HostId);
        return [.. (await tx.ListRoutersAtAsync(agent.HostId)).Union(copies.Select(c => c.RouterId))];
    }

    /// <summary>Whether an agent's host has a router, or may have a copy of it.</summary>
    public static async ValueTask<bool> HasAsync(Tx tx, RouterRow router, AgentRow agent) =>
        router.HostId == agent.HostId || (await tx.ListCopyRemovalsAsync(router.Id)).Any(c => c.Host == agent.HostId);

    public static Fault Stays(IReadOnlyList<RouterId> routers) =>
        Fault.Conflict(
            $"Router {string.Join(", ", routers)} stays where it is: no other network node that may take it is up.",
            NoOther
        );

    /// <param name="router">Locked.</param>
    /// <exception cref="Fault">Conflict when another agent has the router, or this one takes none.</exception>
    public async ValueTask PutAsync(Tx tx, RouterRow router, AgentRow agent)
    {
        if (agent.Kind != AgentKind.Router || !agent.AdminStateUp)
            throw Fault.Conflict($"Agent {agent.Id} is not a L3 Agent or has been disabled", "InvalidL3Agent");
        if (router.HostId == agent.HostId)
            return;
        if (router.HostId is not null)
            throw NeutronFault.Hosted(router.Id, await tx.ListAgentsOfRouterAsync(router.Id));
        await tx.PlaceRouterAsync(router.Id, agent.HostId);
        if ((await tx.ListRouterPortsAsync(router.Id)).Count > 0)
            await refreshes.AgainAsync(tx, router.Id);
    }

    /// <summary>Ends what tells a silent host of the router. A later order has a higher epoch: what of this one arrives yet is refused there.</summary>
    private async ValueTask StopWaitingAsync(Tx tx, RouterRow router, AgentRow agent)
    {
        if (await tx.FindHeldAsync(new ConvergeRouter(router.Id).Resource!) is { Operation: { } running })
            await client.TerminateInstanceAsync(tx, running, $"an operator has said that host {agent.Host} is off");
    }
}
