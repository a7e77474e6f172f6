using Pipeline.Data;
using Pipeline.Network.Agents;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Hosts;

/// <summary>All SQL of where networks are: the hosts that have ports of them, and how these reach each other.</summary>
internal static class PlaceStore
{
    public static ValueTask<NetworkHostRow?> FindNetworkHostAsync(this Tx tx, HostId host) =>
        tx.FindAsync<NetworkHostRow>(
            "SELECT host_id, name, underlay, routes, driver, segments, trunks, zone FROM network_hosts WHERE host_id = @host",
            new { host }
        );

    /// <summary>Hosts that routers may be placed on, unless an operator said otherwise: those that others can reach first, then by how many they have.</summary>
    public static ValueTask<IReadOnlyList<NetworkHostRow>> ListNetworkNodesAsync(this Tx tx) =>
        tx.ListAsync<NetworkHostRow>(
            """
            SELECT h.host_id, h.name, h.underlay, h.routes, h.driver, h.segments, h.trunks, h.zone FROM network_hosts h
            WHERE h.routes = 1 AND NOT EXISTS (SELECT 1 FROM network_agents a
                WHERE a.host_id = h.host_id AND a.agent_type = @Type AND a.admin_state_up = 0)
            ORDER BY CASE WHEN h.underlay = '' THEN 1 ELSE 0 END,
                (SELECT COUNT(*) FROM routers r WHERE r.host_id = h.host_id), h.host_id
            """,
            new { AgentKind.Router.Type }
        );

    /// <summary>The names of the network drivers that hosts have, each once.</summary>
    public static ValueTask<IReadOnlyList<string>> ListNetworkDriversAsync(this Tx tx) =>
        tx.ListAsync<string>("SELECT DISTINCT driver FROM network_hosts ORDER BY driver");

    public static async ValueTask SaveNetworkHostAsync(this Tx tx, NetworkHostRow row) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO network_hosts (host_id, name, underlay, routes, driver, segments, trunks, zone)
            VALUES (@HostId, @Name, @Underlay, @Routes, @Driver, @Segments, @Trunks, @Zone)
            ON CONFLICT (host_id) DO UPDATE SET name = excluded.name, underlay = excluded.underlay,
                routes = excluded.routes, driver = excluded.driver, segments = excluded.segments, trunks = excluded.trunks, zone = excluded.zone
            """,
            row
        );

    /// <summary>Hosts with an underlay address that have ports of tunnelled networks; a look per host, however many ports.</summary>
    public static ValueTask<IReadOnlyList<PlaceRow>> ListPlacesAsync(this Tx tx, IEnumerable<NetworkId> networks) =>
        tx.InChunksAsync<PlaceRow>(
            """
            SELECT n.id AS network_id, h.host_id, h.underlay FROM networks n CROSS JOIN network_hosts h
            WHERE n.id IN @ids AND n.network_type = 'vxlan' AND h.underlay <> ''
                AND EXISTS (SELECT 1 FROM ports p WHERE p.network_id = n.id AND p.host_id = h.host_id)
            ORDER BY n.id, h.underlay
            """,
            networks.Select(n => n.ToString())
        );

    public static async ValueTask<bool> IsPlacedAsync(this Tx tx, NetworkId network, HostId host) =>
        await tx.ScalarAsync<string?>(
            "SELECT id FROM ports WHERE network_id = @network AND host_id = @host LIMIT 1",
            new { network, host }
        )
            is not null;

    public static ValueTask<IReadOnlyList<NetworkId>> ListTunnelledOnAsync(this Tx tx, HostId host) =>
        tx.ListAsync<NetworkId>(
            """
            SELECT DISTINCT n.id FROM ports p JOIN networks n ON n.id = p.network_id
            WHERE p.host_id = @host AND n.network_type = 'vxlan' ORDER BY n.id
            """,
            new { host }
        );

    /// <summary>
    /// One live port on each host of a tunnelled network, to carry the network's news there; one more where a port is just
    /// being plugged, whose host may have no other.
    /// </summary>
    public static ValueTask<IReadOnlyList<BoundPort>> ListBearersAsync(this Tx tx, NetworkId network) =>
        tx.ListAsync<BoundPort>(
            """
            SELECT MIN(p.id) AS id, p.host_id, p.status FROM networks n JOIN ports p ON p.network_id = n.id
                JOIN network_hosts h ON h.host_id = p.host_id
            WHERE n.id = @network AND n.network_type = 'vxlan' AND h.underlay <> '' AND p.deleted_at IS NULL
            GROUP BY p.host_id, p.status ORDER BY 1
            """,
            new { network }
        );
}

/// <summary>A host as networks see it.</summary>
internal sealed record NetworkHostRow
{
    /// <summary>What hosts have that do not say which network driver theirs is.</summary>
    public const string FirstDriver = "linux-bridge";

    public HostId HostId { get; init; }
    public string Name { get; init; } = "";

    /// <summary>Empty for a host that is alone.</summary>
    public string Underlay { get; init; } = "";

    /// <summary>Routers may be placed on it.</summary>
    public bool Routes { get; init; }

    /// <summary>The name of its network driver: the mechanism's half on the host.</summary>
    public string Driver { get; init; } = FirstDriver;

    /// <summary>The types of segment that the driver can carry there, separated by commas; empty where it does not tell.</summary>
    public string Segments { get; init; } = "";

    /// <summary>Whether the driver can carry trunks there, in its words; empty where it does not tell.</summary>
    public string Trunks { get; init; } = "";

    /// <summary>The availability zone that it is in.</summary>
    public string Zone { get; init; } = "";
}

internal sealed record PlaceRow
{
    public NetworkId NetworkId { get; init; }
    public HostId HostId { get; init; }
    public string Underlay { get; init; } = "";
}
