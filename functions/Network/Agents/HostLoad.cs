using Pipeline.Data;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Agents;

/// <summary>How a host carries networks, and what of them it has: what its agents tell of themselves.</summary>
internal sealed record HostLoad
{
    public HostId HostId { get; init; }

    /// <summary>Where tunnels reach it; empty for a host that is alone.</summary>
    public string Underlay { get; init; } = "";

    /// <summary>The types of segment that it carries, separated by commas; empty where it does not tell.</summary>
    public string Segments { get; init; } = "";
    public long Ports { get; init; }
    public long Networks { get; init; }
    public long Subnets { get; init; }
    public long Routers { get; init; }
    public long Gateways { get; init; }
    public long Interfaces { get; init; }
    public long FloatingIps { get; init; }

    /// <summary>Each count looks at what one host has, however much the cloud does.</summary>
    public static async ValueTask<IReadOnlyDictionary<HostId, HostLoad>> ReadAsync(Tx tx, IEnumerable<HostId> hosts) =>
        (
            await tx.InChunksAsync<HostLoad>(
                """
                SELECT h.host_id, h.underlay, h.segments,
                    (SELECT COUNT(*) FROM ports p WHERE p.host_id = h.host_id AND p.deleted_at IS NULL) AS ports,
                    (SELECT COUNT(DISTINCT p.network_id) FROM ports p
                        WHERE p.host_id = h.host_id AND p.deleted_at IS NULL) AS networks,
                    (SELECT COUNT(*) FROM subnets s WHERE s.enable_dhcp = 1 AND s.network_id IN (
                        SELECT p.network_id FROM ports p WHERE p.host_id = h.host_id AND p.deleted_at IS NULL)) AS subnets,
                    (SELECT COUNT(*) FROM routers r WHERE r.host_id = h.host_id AND r.deleted_at IS NULL) AS routers,
                    (SELECT COUNT(*) FROM routers r WHERE r.host_id = h.host_id AND r.deleted_at IS NULL
                        AND r.gateway_port_id IS NOT NULL) AS gateways,
                    (SELECT COUNT(*) FROM routers r JOIN router_ports i ON i.router_id = r.id AND i.is_gateway = 0
                        JOIN ports p ON p.id = i.port_id AND p.deleted_at IS NULL
                        WHERE r.host_id = h.host_id AND r.deleted_at IS NULL) AS interfaces,
                    (SELECT COUNT(*) FROM routers r JOIN floating_ips f ON f.router_id = r.id AND f.deleted_at IS NULL
                        WHERE r.host_id = h.host_id AND r.deleted_at IS NULL) AS floating_ips
                FROM network_hosts h WHERE h.host_id IN @ids
                """,
                hosts.Distinct().Select(h => h.ToString())
            )
        ).ToDictionary(load => load.HostId);
}
