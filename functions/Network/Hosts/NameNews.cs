using Pipeline.Data;
using Pipeline.Network.Ports;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Hosts;

/// <summary>All SQL of which hosts know a network's names, and what news of these they are to be told.</summary>
internal static class NameNews
{
    private const string All = "";
    private const string Columns = "id, network_id, dns_name, guest_name";
    private const string Named = "deleted_at IS NULL AND (guest_name <> '' OR dns_name <> '')";

    /// <summary>Those of the networks that the host shares with others and is not told the names of; by their ids.</summary>
    public static ValueTask<IReadOnlyList<NetworkId>> ListUntoldAsync(
        this Tx tx,
        HostId host,
        IEnumerable<NetworkId> networks
    ) =>
        tx.ListAsync<NetworkId>(
            """
            SELECT n.id FROM networks n
            WHERE n.id IN @ids AND n.deleted_at IS NULL
                AND (n.network_type IN ('flat', 'vlan') OR n.network_type = 'vxlan'
                    AND EXISTS (SELECT 1 FROM network_hosts h WHERE h.host_id = @host AND h.underlay <> ''))
                AND NOT EXISTS (SELECT 1 FROM name_hosts t WHERE t.network_id = n.id AND t.host_id = @host)
            ORDER BY n.id
            """,
            new { host, ids = networks.Select(n => n.ToString()) }
        );

    /// <summary>The networks that a host has guests of.</summary>
    public static ValueTask<IReadOnlyList<NetworkId>> ListGuestNetworksAsync(this Tx tx, HostId host) =>
        tx.ListAsync<NetworkId>(
            """
            SELECT DISTINCT network_id FROM ports
            WHERE host_id = @host AND server_id IS NOT NULL AND status = 'ACTIVE' AND deleted_at IS NULL
            """,
            new { host }
        );

    public static async ValueTask AddNameHostAsync(this Tx tx, NetworkId network, HostId host) =>
        await tx.ExecuteAsync(
            "INSERT INTO name_hosts (network_id, host_id) VALUES (@network, @host) ON CONFLICT DO NOTHING",
            new { network, host }
        );

    /// <summary>The host is told nothing of the network's names any more.</summary>
    public static async ValueTask ForgetNameHostAsync(this Tx tx, NetworkId network, HostId host)
    {
        var here = new { network, host };
        await tx.ExecuteAsync("DELETE FROM name_hosts WHERE network_id = @network AND host_id = @host", here);
        await tx.ExecuteAsync("DELETE FROM name_news WHERE network_id = @network AND host_id = @host", here);
    }

    /// <summary>In the order in which hosts are marked.</summary>
    public static ValueTask<IReadOnlyList<HostId>> ListNameHostsAsync(this Tx tx, NetworkId network) =>
        tx.ListAsync<HostId>(
            "SELECT host_id FROM name_hosts WHERE network_id = @network ORDER BY host_id",
            new { network }
        );

    /// <param name="port">Null for all ports.</param>
    public static async ValueTask SetNameNewsAsync(
        this Tx tx,
        HostId host,
        NetworkId network,
        PortId? port,
        long version
    ) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO name_news (host_id, network_id, port_id, version) VALUES (@host, @network, @port, @version)
            ON CONFLICT (host_id, network_id, port_id) DO UPDATE SET version = @version
            """,
            new
            {
                host,
                network,
                port = port?.ToString() ?? All,
                version,
            }
        );

    public static async ValueTask ForgetNameNewsAsync(this Tx tx, HostId host, long version) =>
        await tx.ExecuteAsync(
            "DELETE FROM name_news WHERE host_id = @host AND version <= @version",
            new { host, version }
        );

    /// <summary>Whether there are names in the network that the host does not have by its own ports.</summary>
    public static async ValueTask<bool> HasNamesElsewhereAsync(this Tx tx, NetworkId network, HostId host) =>
        await tx.ScalarAsync<string?>(
            $"SELECT id FROM ports WHERE network_id = @network AND {Named} AND (host_id IS NULL OR host_id <> @host) LIMIT 1",
            new { network, host }
        )
            is not null;

    /// <summary>News of which a host has confirmed no more than @done, by network.</summary>
    public static ValueTask<IReadOnlyList<NameNewsRow>> ListNameNewsAsync(this Tx tx, HostId host, long done) =>
        tx.ListAsync<NameNewsRow>(
            """
            SELECT network_id, port_id FROM name_news WHERE host_id = @host AND version > @done
            ORDER BY network_id, port_id
            """,
            new { host, done }
        );

    public static ValueTask<IReadOnlyList<PortRow>> ListNamedOnAsync(this Tx tx, IEnumerable<NetworkId> networks) =>
        tx.InChunksAsync<PortRow>(
            $"SELECT {Columns} FROM ports WHERE network_id IN @ids AND {Named} ORDER BY id",
            networks.Select(n => n.ToString())
        );

    /// <summary>Those of the ports that still are and have a name.</summary>
    public static ValueTask<IReadOnlyList<PortRow>> ListNamedAsync(this Tx tx, IEnumerable<string> ports) =>
        tx.InChunksAsync<PortRow>($"SELECT {Columns} FROM ports WHERE id IN @ids AND {Named} ORDER BY id", ports);
}

internal sealed record NameNewsRow
{
    public NetworkId NetworkId { get; init; }

    /// <summary>Empty for all ports of the network.</summary>
    public string PortId { get; init; } = "";

    public bool IsOfAll => PortId.Length == 0;
}
