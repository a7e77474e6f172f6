using Pipeline.Data;

namespace Pipeline.Network.Hosts;

/// <summary>All SQL of what hosts are to be told of whole groups, whatever ports of them they have.</summary>
internal static class GroupNews
{
    /// <summary>Ports of @host that were bound before the news came of which it has confirmed no more than @done.</summary>
    public const string Ports = """
        SELECT g.port_id FROM group_news n
        JOIN port_security_groups g ON g.security_group_id = n.security_group_id AND g.host_id = n.host_id
        JOIN ports b ON b.id = g.port_id
        WHERE n.host_id = @host AND n.version > @done AND b.bound_version < n.version
        """;

    /// <summary>Groups that have a rule which names one of these, in the order in which they are locked.</summary>
    public static ValueTask<IReadOnlyList<SecurityGroupId>> ListGroupsNamingAsync(
        this Tx tx,
        IReadOnlyCollection<SecurityGroupId> groups
    ) =>
        tx.ListAsync<SecurityGroupId>(
            """
            SELECT DISTINCT security_group_id FROM security_group_rules WHERE remote_group_id IN @ids
            ORDER BY security_group_id
            """,
            new { ids = groups.Select(g => g.ToString()) }
        );

    /// <summary>
    /// Whoever changes what a group means waits for those that bind ports of it, and they for it: so either its hosts are
    /// found with the new port, or the port is bound with the new meaning.
    /// </summary>
    public static async ValueTask LockGroupsAsync(this Tx tx, IReadOnlyCollection<SecurityGroupId> groups)
    {
        if (groups.Count > 0)
            await tx.ListAsync<SecurityGroupId>(
                "SELECT id FROM security_groups WHERE id IN @ids ORDER BY id FOR UPDATE",
                new { ids = groups.Select(g => g.ToString()) }
            );
    }

    /// <summary>
    /// Takes the groups of ports that are being bound or regrouped, and those that name them, before any host is marked: in
    /// that order do all take them.
    /// </summary>
    public static async ValueTask HoldGroupsAsync(this Tx tx, IEnumerable<SecurityGroupId> groups)
    {
        var own = groups.Distinct().ToList();
        if (own.Count > 0)
            await tx.LockGroupsAsync([.. own.Union(await tx.ListGroupsNamingAsync(own))]);
    }

    /// <summary>Hosts that have ports of the group: one step in the index for each host, not for each port.</summary>
    public static ValueTask<IReadOnlyList<HostId>> ListHostsOfGroupAsync(this Tx tx, SecurityGroupId group) =>
        tx.ListAsync<HostId>(
            """
            WITH RECURSIVE hosts (host_id) AS (
                SELECT MIN(host_id) FROM port_security_groups WHERE security_group_id = @group AND host_id IS NOT NULL
                UNION ALL
                SELECT (SELECT MIN(g.host_id) FROM port_security_groups g
                    WHERE g.security_group_id = @group AND g.host_id > hosts.host_id)
                FROM hosts WHERE hosts.host_id IS NOT NULL
            )
            SELECT host_id FROM hosts WHERE host_id IS NOT NULL
            """,
            new { group }
        );

    public static async ValueTask SetNewsAsync(this Tx tx, HostId host, SecurityGroupId group, long version) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO group_news (host_id, security_group_id, version) VALUES (@host, @group, @version)
            ON CONFLICT (host_id, security_group_id) DO UPDATE SET version = @version
            """,
            new
            {
                host,
                group,
                version,
            }
        );

    /// <summary>A port that is just being plugged waits: its host is told when it has it.</summary>
    public static async ValueTask MarkPluggingAsync(this Tx tx, HostId host, long done) =>
        await tx.ExecuteAsync(
            $"""
            UPDATE ports SET stale_version = 1
            WHERE host_id = @host AND status <> 'ACTIVE' AND deleted_at IS NULL AND id IN ({Ports})
            """,
            new { host, done }
        );

    public static async ValueTask ForgetNewsAsync(this Tx tx, HostId host, long version) =>
        await tx.ExecuteAsync(
            "DELETE FROM group_news WHERE host_id = @host AND version <= @version",
            new { host, version }
        );

    /// <param name="host">Where the port is; null for nowhere.</param>
    public static async ValueTask PlaceGroupsAsync(this Tx tx, PortId port, HostId? host) =>
        await tx.ExecuteAsync(
            "UPDATE port_security_groups SET host_id = @host WHERE port_id = @port",
            new { port, host }
        );
}
