using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Network.AvailabilityZones;
using Pipeline.Network.Hosts;
using Pipeline.Network.Networks;
using Pipeline.Network.Routers;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>All SQL of agents.</summary>
internal static class AgentStore
{
    private const string Columns = "id, host_id, host, agent_type, description, admin_state_up, created_at, started_at";

    /// <summary>Operators see all, others none.</summary>
    public static readonly ListSource Listed = new(Columns, "network_agents", "1 = 0", NeutronFault.AgentNotFound);

    /// <exception cref="Fault">NotFound.</exception>
    public static async ValueTask<AgentRow> GetAgentAsync(this Tx tx, string id) =>
        await tx.FindAsync<AgentRow>($"SELECT {Columns} FROM network_agents WHERE id = @id", new { id })
        ?? throw NeutronFault.AgentNotFound(id);

    /// <summary>A host has begun: its parts are there, and what it does no more is gone. What an operator said of them stays.</summary>
    public static async ValueTask SetAgentsAsync(this Tx tx, NetworkHostRow host, Randomness randomness)
    {
        var kinds = AgentKind.At(host.Routes).ToList();
        await tx.ExecuteAsync(
            "DELETE FROM network_agents WHERE host_id = @HostId AND agent_type NOT IN @types",
            new { host.HostId, types = kinds.Select(k => k.Type) }
        );
        foreach (var kind in kinds)
            await tx.ExecuteAsync(
                $"""
                INSERT INTO network_agents ({Columns}) VALUES (@id, @HostId, @Name, @Type, '', 1, @now, @now)
                ON CONFLICT (host_id, agent_type) DO UPDATE SET host = excluded.host, started_at = excluded.started_at
                """,
                new
                {
                    id = $"{randomness.NewGuid()}",
                    host.HostId,
                    host.Name,
                    kind.Type,
                }
            );
    }

    public static async ValueTask UpdateAgentAsync(this Tx tx, AgentRow row) =>
        await tx.ExecuteAsync(
            "UPDATE network_agents SET description = @Description, admin_state_up = @AdminStateUp WHERE id = @Id",
            row
        );

    public static async ValueTask DeleteAgentAsync(this Tx tx, string id) =>
        await tx.ExecuteAsync("DELETE FROM network_agents WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<AgentRow>> ListAgentsOfRouterAsync(this Tx tx, RouterId router) =>
        tx.ListAsync<AgentRow>(
            $"""
            SELECT {Columns} FROM network_agents
            WHERE agent_type = @Type AND host_id = (SELECT host_id FROM routers WHERE id = @router)
            """,
            new { router, AgentKind.Router.Type }
        );

    /// <summary>DHCP is served on every host that has ports of the network.</summary>
    public static ValueTask<IReadOnlyList<AgentRow>> ListAgentsOfNetworkAsync(this Tx tx, NetworkId network) =>
        tx.ListAsync<AgentRow>(
            $"""
            SELECT {Columns} FROM network_agents a WHERE agent_type = @Type AND EXISTS (
                SELECT 1 FROM ports p WHERE p.network_id = @network AND p.host_id = a.host_id)
            ORDER BY a.id
            """,
            new { network, AgentKind.Dhcp.Type }
        );

    public static ValueTask<IReadOnlyList<RouterRow>> ListRoutersOfAsync(this Tx tx, AgentRow agent) =>
        tx.ListAsync<RouterRow>(
            $"SELECT {RouterStore.Columns} FROM routers WHERE host_id = @HostId AND deleted_at IS NULL ORDER BY id",
            new { agent.HostId }
        );

    public static async ValueTask<IReadOnlyList<NetworkRow>> ListNetworksOfAsync(this Tx tx, AgentRow agent) =>
        await tx.ListNetworksAsync(
            await tx.ListAsync<NetworkId>(
                "SELECT DISTINCT network_id FROM ports WHERE host_id = @HostId AND deleted_at IS NULL",
                new { agent.HostId }
            )
        );

    public static async ValueTask<IReadOnlyList<AgentItem>> ItemsAsync(
        this Tx tx,
        IHosts hosts,
        IReadOnlyList<AgentRow> rows
    )
    {
        var standing = (await hosts.ListAsync(tx)).ToDictionary(h => h.Id);
        var zones = await tx.ZonesOfAsync(rows.Select(r => r.HostId));
        var loads = await HostLoad.ReadAsync(tx, rows.Select(r => r.HostId));
        return
        [
            .. rows.Select(r => new AgentItem(
                r,
                standing.GetValueOrDefault(r.HostId),
                zones.GetValueOrDefault(r.HostId),
                loads.GetValueOrDefault(r.HostId)
            )),
        ];
    }
}
