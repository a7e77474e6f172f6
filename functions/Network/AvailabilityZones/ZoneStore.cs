using Pipeline.Data;
using Pipeline.Network.Agents;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AvailabilityZones;

/// <summary>All SQL of zones: a host tells its own, and what agents it has decides what the zone is for.</summary>
internal static class ZoneStore
{
    /// <summary>As clients list them: where networks and routers can be.</summary>
    /// <param name="cloud">The cloud's own zone, where networks can be before there is any host.</param>
    public static async ValueTask<IReadOnlyList<Zone>> ListZonesAsync(this Tx tx, string cloud)
    {
        var told = await tx.ListAsync<ToldZone>(
            """
            SELECT h.zone AS name, a.agent_type, MAX(a.admin_state_up) AS in_service
            FROM network_agents a JOIN network_hosts h ON h.host_id = a.host_id
            WHERE a.agent_type IN @types GROUP BY h.zone, a.agent_type ORDER BY h.zone
            """,
            new { types = new[] { AgentKind.Dhcp.Type, AgentKind.Router.Type } }
        );
        var networks = told.Where(z => z.AgentType == AgentKind.Dhcp.Type).Select(z => z.Name);
        return
        [
            .. networks
                .Append(cloud)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(n => new Zone(n, Zone.Network, true)),
            .. told.Where(z => z.AgentType == AgentKind.Router.Type)
                .Select(z => new Zone(z.Name, Zone.Router, z.InService)),
        ];
    }

    public static async ValueTask<IReadOnlyDictionary<HostId, string>> ZonesOfAsync(
        this Tx tx,
        IEnumerable<HostId> hosts
    ) =>
        (
            await tx.InChunksAsync<HostZone>(
                "SELECT host_id, zone FROM network_hosts WHERE host_id IN @ids",
                hosts.Distinct().Select(h => h.ToString())
            )
        ).ToDictionary(h => h.HostId, h => h.Zone);

    /// <summary>Zones of the hosts that have ports of networks, by network.</summary>
    /// <param name="cloud">The cloud's own zone; while it is the only one there is nothing to look for.</param>
    public static async ValueTask<ILookup<NetworkId, string>> ZonesOfAsync(
        this Tx tx,
        IReadOnlyList<string> networks,
        string cloud
    )
    {
        var others = "SELECT 1 FROM network_hosts WHERE zone <> @cloud LIMIT 1";
        IReadOnlyList<NetworkZone> found = await tx.ScalarAsync<long?>(others, new { cloud }) is null
            ? []
            : await tx.InChunksAsync<NetworkZone>(
                """
                SELECT DISTINCT p.network_id, h.zone FROM ports p JOIN network_hosts h ON h.host_id = p.host_id
                WHERE p.network_id IN @ids ORDER BY p.network_id, h.zone
                """,
                networks
            );
        return found.ToLookup(f => f.NetworkId, f => f.Zone);
    }

    private sealed record ToldZone
    {
        public string Name { get; init; } = "";
        public string AgentType { get; init; } = "";
        public bool InService { get; init; }
    }

    private sealed record HostZone
    {
        public HostId HostId { get; init; }
        public string Zone { get; init; } = "";
    }

    private sealed record NetworkZone
    {
        public NetworkId NetworkId { get; init; }
        public string Zone { get; init; } = "";
    }
}

/// <summary>A place with a name, as clients list it.</summary>
/// <param name="Resource">What can be there.</param>
/// <param name="IsAvailable">Not all that it has was taken out of service.</param>
internal sealed record Zone(string Name, string Resource, bool IsAvailable)
{
    public const string Network = "network";
    public const string Router = "router";
}
