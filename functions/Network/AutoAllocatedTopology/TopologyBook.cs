using System.Text.Json;
using Pipeline.Data;
using Pipeline.Network.Networks;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Quotas;
using Pipeline.Network.Routers;
using Pipeline.Network.Subnets;
using Pipeline.Network.Types;

namespace Pipeline.Network.AutoAllocatedTopology;

/// <summary>
/// Makes what a project needs to reach the outside, and takes it away: a network with a subnet of each default pool, and a
/// router between it and the default external network. All in the caller's transaction, or nothing.
/// </summary>
internal sealed class TopologyBook(
    NetworkBook networks,
    CreateSubnet subnets,
    RouterBook routers,
    RouterInterfaces interfaces,
    RouterRefreshes refreshes,
    RouterRemoval routerRemoval,
    NetworkRemoval networkRemoval,
    SegmentTypes types
)
{
    private const string Name = "auto_allocated";
    private static readonly int[] Versions = [4, 6];
    private static readonly ProviderRequest AnySegment = new(null, null, null);

    /// <summary>What there must be: somewhere to lead to, and addresses to give.</summary>
    /// <exception cref="Fault">Conflict when the cloud has not both.</exception>
    public static async ValueTask<(NetworkRow Outside, IReadOnlyList<int> Versions)> CheckAsync(Tx tx)
    {
        var outside = await tx.FindDefaultExternalAsync() ?? throw Failure("No default router:external network");
        var versions = new List<int>();
        foreach (var version in Versions)
            if (await tx.FindDefaultPoolAsync(version) is not null)
                versions.Add(version);
        return versions.Count > 0 ? (outside, versions) : throw Failure("No default subnetpools defined");
    }

    /// <summary>Makes a project's topology. The caller holds it, and has found none.</summary>
    public async ValueTask<TopologyRow> AddAsync(Tx tx, Caller caller, ProjectId project)
    {
        var (outside, versions) = await CheckAsync(tx);
        await tx.ClaimAsync(project, Quota.Network, 1);
        await tx.ClaimAsync(project, Quota.Subnet, versions.Count);
        await tx.ClaimAsync(project, Quota.Router, 1);
        var network = await AddNetworkAsync(tx, caller, project, versions);
        var router = await AddRouterAsync(tx, caller, project, outside.Id, network);
        var row = new TopologyRow
        {
            ProjectId = project,
            NetworkId = network,
            RouterId = router,
        };
        await tx.AddTopologyAsync(row);
        return row;
    }

    /// <exception cref="Fault">Conflict while something else uses it; nothing was changed then.</exception>
    public async ValueTask RemoveAsync(Tx tx, TopologyRow topology, string cause)
    {
        if (await tx.LockRouterAsync(topology.RouterId) is { } router)
        {
            foreach (var port in await tx.ListRouterPortsAsync(router.Id))
                if (port.NetworkId == topology.NetworkId && port.Id != router.GatewayPortId)
                    await interfaces.RemoveAsync(tx, router, port, null);
            await routerRemoval.RemoveAsync(tx, router);
        }
        if (await tx.FindNetworkAsync(topology.NetworkId) is { } network)
            await networkRemoval.RemoveAsync(tx, network, cause);
    }

    private async ValueTask<NetworkId> AddNetworkAsync(
        Tx tx,
        Caller caller,
        ProjectId project,
        IReadOnlyList<int> versions
    )
    {
        var row = new NetworkRow
        {
            ProjectId = project,
            Name = $"{Name}_network",
            AdminStateUp = true,
            Mtu = types.Check(AnySegment),
            PortSecurityEnabled = true,
            RevisionNumber = 1,
        };
        try
        {
            var network = await networks.AddAsync(tx, caller, new(row, AnySegment));
            foreach (var version in versions)
                await subnets.AddAsync(tx, SubnetOrder.Read(Subnet(network, project, version), caller), caller);
            return network;
        }
        catch (Fault fault) when (IsUnmet(fault))
        {
            throw Failure("Unable to provide tenant private network", fault);
        }
    }

    private async ValueTask<RouterId> AddRouterAsync(
        Tx tx,
        Caller caller,
        ProjectId project,
        NetworkId outside,
        NetworkId inside
    )
    {
        var row = new RouterRow
        {
            ProjectId = project,
            Name = $"{Name}_router",
            AdminStateUp = true,
        };
        try
        {
            var id = await routers.AddAsync(tx, caller, new(row, new GatewayOrder(outside, null, null), null));
            var router = (await tx.LockRouterAsync(id))!;
            foreach (var subnet in await tx.ListSubnetsAsync([inside]))
                await interfaces.AddAsync(tx, router, subnet);
            await refreshes.ChangedAsync(tx, id);
            return id;
        }
        catch (Fault fault) when (IsUnmet(fault))
        {
            throw Failure("Unable to provide external connectivity", fault);
        }
    }

    /// <summary>A subnet of the default pool, as its project would ask for it.</summary>
    private static Fields Subnet(NetworkId network, ProjectId project, int version)
    {
        var text = $$"""
            {"network_id": "{{network}}", "project_id": "{{project}}", "name": "{{Name}}_subnet_v{{version}}",
             "ip_version": {{version}}, "use_default_subnetpool": true}
            """;
        return new(JsonElement.Parse(text), "subnet");
    }

    /// <summary>What the cloud lacks, not what the project has used up or somebody else has just taken.</summary>
    private static bool IsUnmet(Fault fault) =>
        fault.Code is FaultCode.BadRequest or FaultCode.NotFound || fault.Type == "SubnetAllocationError";

    private static Fault Failure(string reason, Fault? cause = null) =>
        new(FaultCode.Conflict, $"Deployment error: {reason}.", "AutoAllocationFailure", cause);
}
