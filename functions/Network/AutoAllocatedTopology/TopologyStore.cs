using Pipeline.Data;
using Pipeline.Network.Networks;

namespace Pipeline.Network.AutoAllocatedTopology;

/// <summary>A network, and the router between it and the outside, made for a project that asked for them.</summary>
internal sealed record TopologyRow
{
    public ProjectId ProjectId { get; init; }
    public NetworkId NetworkId { get; init; }
    public RouterId RouterId { get; init; }
}

/// <summary>All SQL of auto-allocated topologies.</summary>
internal static class TopologyStore
{
    public static ValueTask<TopologyRow?> FindTopologyAsync(this Tx tx, ProjectId project) =>
        tx.FindAsync<TopologyRow>(
            "SELECT project_id, network_id, router_id FROM auto_allocated_topologies WHERE project_id = @project",
            new { project }
        );

    /// <summary>The same, and nobody else makes or removes the project's meanwhile.</summary>
    public static async ValueTask<TopologyRow?> LockTopologyAsync(this Tx tx, ProjectId project)
    {
        await tx.LockAsync($"network/topology/{project}");
        return await tx.FindTopologyAsync(project);
    }

    public static async ValueTask AddTopologyAsync(this Tx tx, TopologyRow row) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO auto_allocated_topologies (project_id, network_id, router_id)
            VALUES (@ProjectId, @NetworkId, @RouterId)
            """,
            row
        );

    /// <summary>A network goes, whoever removes it, and with it what it stood for.</summary>
    public static async ValueTask ForgetTopologyAsync(this Tx tx, NetworkId network) =>
        await tx.ExecuteAsync("DELETE FROM auto_allocated_topologies WHERE network_id = @network", new { network });
}
