using Pipeline.Data;

namespace Pipeline.Testing.Worlds;

/// <summary>
/// What holds in the database after every commit, whatever is under way: nothing that these queries find is ever there. Those that begin
/// with what runs say so to SQLite (CROSS JOIN), which would read all that ever ran.
/// </summary>
internal sealed class Soundness(Action<string, string> violated)
{
    private static readonly (string Promise, string[] Tables, string Sql)[] Promises =
    [
        (
            "no claim on a host without its server",
            ["allocations", "servers"],
            "SELECT server_id FROM allocations WHERE server_id NOT IN (SELECT id FROM servers)"
        ),
        (
            "a server is where its claim is",
            ["allocations", "servers"],
            """
            SELECT s.id FROM servers s LEFT JOIN allocations a ON a.server_id = s.id WHERE s.host_id IS NOT a.host_id
            """
        ),
        (
            "a host's used amounts are the sum of its claims",
            ["allocations", "hosts"],
            """
            SELECT h.name FROM hosts h LEFT JOIN (
                SELECT host_id, SUM(vcpus) AS c, SUM(memory_mib) AS m, SUM(disk_gib) AS d FROM allocations GROUP BY host_id
            ) a ON a.host_id = h.id
            WHERE h.used_vcpus <> COALESCE(a.c, 0) OR h.used_memory_mib <> COALESCE(a.m, 0) OR h.used_disk_gib <> COALESCE(a.d, 0)
            """
        ),
        ("usage is what servers use", ["usage", "servers"], Usage("instances", "1", "servers")),
        (
            "usage is what servers use",
            ["usage", "servers"],
            Usage("cores", "json_extract(flavor, '$.Vcpus')", "servers")
        ),
        (
            "usage is what servers use",
            ["usage", "servers"],
            Usage("ram", "json_extract(flavor, '$.RamMib')", "servers")
        ),
        ("usage is what volumes count", ["usage", "volumes"], Usage("volumes", "1", "volumes")),
        ("usage is what snapshots count", ["usage", "volume_snapshots"], Usage("snapshots", "1", "volume_snapshots")),
        (
            "usage is what volumes count",
            ["usage", "volumes", "volume_snapshots"],
            Usage(
                "gigabytes",
                "gib",
                """
                (SELECT project_id, CASE WHEN claimed_gib > size_gib THEN claimed_gib ELSE size_gib END AS gib FROM volumes
                    UNION ALL SELECT project_id, size_gib FROM volume_snapshots)
                """
            )
        ),
        (
            "a backend has promised what volumes claim",
            ["volumes", "volume_backends"],
            """
            SELECT b.host_id || ' ' || b.name FROM volume_backends b LEFT JOIN
                (SELECT host_id, backend, COUNT(*) AS n, SUM(claimed_gib) AS g FROM
                    (SELECT host_id, backend, claimed_gib FROM volumes
                    UNION ALL SELECT other_host_id, other_backend, claimed_gib FROM volumes) places
                GROUP BY host_id, backend) v
                ON v.host_id = b.host_id AND v.backend = b.name
            WHERE b.volumes <> COALESCE(v.n, 0) OR b.provisioned_gib <> COALESCE(v.g, 0)
            """
        ),
        (
            "a snapshot's volume is there",
            ["volumes", "volume_snapshots"],
            "SELECT id FROM volume_snapshots WHERE volume_id NOT IN (SELECT id FROM volumes)"
        ),
        (
            "an attachment's volume is there, and of its project",
            ["volumes", "volume_attachments"],
            """
            SELECT a.id FROM volume_attachments a LEFT JOIN volumes v ON v.id = a.volume_id
            WHERE v.id IS NULL OR v.project_id <> a.project_id
            """
        ),
        (
            "a volume shows who has it",
            ["volumes", "volume_attachments"],
            """
            SELECT v.id FROM volumes v LEFT JOIN (
                SELECT volume_id, MAX(CASE status WHEN 'attached' THEN 4 WHEN 'attaching' THEN 3 WHEN 'detaching' THEN 2 ELSE 1 END) AS most
                FROM volume_attachments GROUP BY volume_id
            ) a ON a.volume_id = v.id
            WHERE (v.status = 'deleting' AND a.most IS NOT NULL)
                OR (v.status IN ('available', 'reserved', 'attaching', 'detaching', 'in-use') AND v.status <> CASE a.most
                    WHEN 4 THEN 'in-use' WHEN 3 THEN 'attaching' WHEN 2 THEN 'detaching' WHEN 1 THEN 'reserved'
                    ELSE 'available' END)
            """
        ),
        (
            "a volume has one attachment unless it is multi-attach",
            ["volumes", "volume_attachments"],
            """
            SELECT v.id FROM volumes v JOIN volume_attachments a ON a.volume_id = v.id
            WHERE v.multiattach = 0 GROUP BY v.id HAVING COUNT(*) > 1
            """
        ),
        (
            "a server that goes has let go of its volumes",
            ["servers", "server_volumes"],
            "SELECT attachment_id FROM server_volumes WHERE server_id NOT IN (SELECT id FROM servers)"
        ),
        ("usage is what backups count", ["usage", "volume_backups"], Usage("backups", "1", "volume_backups")),
        (
            "usage is what backups count",
            ["usage", "volume_backups"],
            Usage("backup_gigabytes", "size_gib", "volume_backups")
        ),
        (
            "what a backup stands on is there",
            ["volume_backups"],
            """
            SELECT b.id FROM volume_backups b LEFT JOIN volume_backups p ON p.id = b.parent_id
            WHERE b.parent_id IS NOT NULL AND (p.id IS NULL OR p.root_id <> b.root_id)
            """
        ),
        (
            "a backup that is being restored has its volume",
            ["volume_backups", "volumes"],
            """
            SELECT id FROM volume_backups WHERE restore_volume_id IS NOT NULL
                AND restore_volume_id NOT IN (SELECT id FROM volumes)
            """
        ),
        (
            "an offer is of a volume of its project",
            ["volume_transfers", "volumes"],
            """
            SELECT t.id FROM volume_transfers t LEFT JOIN volumes v ON v.id = t.volume_id
            WHERE v.id IS NULL OR v.project_id <> t.project_id
            """
        ),
        (
            "a volume that waits for its transfer is offered",
            ["volume_transfers", "volumes"],
            """
            SELECT id FROM volumes WHERE status = 'awaiting-transfer' AND id NOT IN (SELECT volume_id FROM volume_transfers)
            """
        ),
        ("usage is the number of ports", ["usage", "ports"], Usage("port", "1", "ports WHERE deleted_at IS NULL")),
        (
            "usage is the number of networks",
            ["usage", "networks"],
            Usage("network", "1", "networks WHERE deleted_at IS NULL")
        ),
        (
            "usage is the number of routers",
            ["usage", "routers"],
            Usage("router", "1", "routers WHERE deleted_at IS NULL")
        ),
        (
            "usage is the number of floating addresses",
            ["usage", "floating_ips"],
            Usage("floatingip", "1", "floating_ips WHERE deleted_at IS NULL")
        ),
        (
            "a router's port is there",
            ["router_ports", "ports"],
            "SELECT port_id FROM router_ports WHERE port_id NOT IN (SELECT id FROM ports)"
        ),
        (
            "a port forwarding leads from an address through its router to a port",
            ["port_forwardings", "floating_ips", "ports"],
            """
            SELECT p.id FROM port_forwardings p LEFT JOIN floating_ips f ON f.id = p.floating_ip_id
            LEFT JOIN ports i ON i.id = p.internal_port_id
            WHERE f.id IS NULL OR f.deleted_at IS NOT NULL OR f.router_id IS NULL OR f.port_id IS NOT NULL
                OR i.id IS NULL OR i.deleted_at IS NOT NULL
            """
        ),
        (
            "an address has a router while it leads somewhere",
            ["port_forwardings", "floating_ips"],
            """
            SELECT id FROM floating_ips WHERE deleted_at IS NULL AND router_id IS NOT NULL AND port_id IS NULL
                AND id NOT IN (SELECT floating_ip_id FROM port_forwardings)
            """
        ),
        ("usage is the number of subnets", ["usage", "subnets"], Usage("subnet", "1", "subnets")),
        ("usage is the number of subnet pools", ["usage", "subnet_pools"], Usage("subnetpool", "1", "subnet_pools")),
        ("usage is the number of policies", ["usage", "rbac_policies"], Usage("rbac_policy", "1", "rbac_policies")),
        ("usage is the number of trunks", ["usage", "trunks"], Usage("trunk", "1", "trunks")),
        (
            "a trunk's ports are there and of its project",
            ["trunks", "ports"],
            """
            SELECT t.id FROM trunks t LEFT JOIN ports p ON p.id = t.port_id AND p.deleted_at IS NULL
            WHERE p.id IS NULL OR p.project_id <> t.project_id OR p.trunk_id IS NOT NULL
            UNION ALL SELECT s.id FROM ports s LEFT JOIN trunks t ON t.id = s.trunk_id
            WHERE s.trunk_id IS NOT NULL AND (t.id IS NULL OR s.deleted_at IS NOT NULL OR s.project_id <> t.project_id)
            """
        ),
        (
            "usage is the number of groups",
            ["usage", "security_groups"],
            Usage("security_group", "1", "security_groups")
        ),
        (
            "usage is the number of rules",
            ["usage", "security_group_rules"],
            Usage("security_group_rule", "1", "security_group_rules")
        ),
        (
            "an address belongs to a port",
            ["ip_allocations", "ports"],
            "SELECT ip FROM ip_allocations WHERE port_id NOT IN (SELECT id FROM ports)"
        ),
        (
            "an address is given once",
            ["ip_allocations"],
            "SELECT ip FROM ip_allocations GROUP BY network_id, ip HAVING COUNT(*) > 1"
        ),
        (
            "an address is free or given",
            ["ip_allocations", "free_ranges"],
            """
            SELECT f.subnet_id FROM free_ranges f JOIN ip_allocations i ON i.subnet_id = f.subnet_id
                AND i.address BETWEEN f.first_address AND f.last_address
            """
        ),
        (
            "a pool's addresses are free or given",
            ["ip_allocations", "free_ranges"],
            $"""
            SELECT p.subnet_id FROM allocation_pools p GROUP BY p.subnet_id
            HAVING (SUM({Size("p")})
                - (SELECT COALESCE(SUM({Size("f")}), 0) FROM free_ranges f WHERE f.subnet_id = p.subnet_id)
                - (SELECT COUNT(*) FROM ip_allocations i JOIN allocation_pools q ON q.subnet_id = i.subnet_id
                    AND i.address BETWEEN q.first_address AND q.last_address WHERE i.subnet_id = p.subnet_id)) % {1L
                << 32} <> 0
            """
        ),
        (
            "a port's server is there",
            ["ports", "servers"],
            """
            SELECT id FROM ports WHERE server_id IS NOT NULL AND deleted_at IS NULL AND server_id NOT IN (SELECT id FROM servers)
                AND (attachment > 0 OR trunk_id IS NOT NULL)
            """
        ),
        (
            "a lock is held by what runs",
            ["resources", "instances"],
            """
            SELECT r.resource || ' ' || r.operation FROM resources r LEFT JOIN instances i ON i.id = r.operation
            WHERE r.operation IS NOT NULL AND (i.id IS NULL OR i.completed_at IS NOT NULL)
            """
        ),
        (
            "what runs on a resource holds it or waits for it",
            ["resources", "instances"],
            """
            SELECT i.id FROM instances i CROSS JOIN resources r ON r.resource = i.resource
            WHERE i.completed_at IS NULL AND i.shares_lock = 0 AND r.operation IS NOT i.id AND r.next_operation IS NOT i.id
            """
        ),
        (
            "what has ended waits for no step",
            ["tasks", "instances"],
            """
            SELECT t.instance_id || ' ' || t.name FROM tasks t LEFT JOIN instances i ON i.id = t.instance_id
            WHERE i.id IS NULL OR i.completed_at IS NOT NULL
            """
        ),
        (
            "a step that was asked for is under way or done",
            ["history", "tasks", "inbox"],
            """
            SELECT h.instance_id || ' ' || h.name FROM instances i
            CROSS JOIN history h ON h.instance_id = i.id AND h.generation = i.generation AND h.kind = 'TaskScheduled'
            WHERE i.completed_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM tasks t WHERE t.instance_id = i.id AND t.generation = i.generation AND t.task_id = h.task_id
            ) AND NOT EXISTS (
                SELECT 1 FROM inbox n WHERE n.instance_id = i.id AND n.generation = i.generation AND n.task_id = h.task_id
            ) AND NOT EXISTS (
                SELECT 1 FROM history d WHERE d.instance_id = i.id AND d.generation = i.generation AND d.seq > h.seq AND (
                    (d.task_id = h.task_id AND d.kind IN ('TaskCompleted', 'TaskFailed'))
                    OR (d.kind = 'TaskCancelRequested' AND d.data = CAST(h.task_id AS TEXT)))
            )
            """
        ),
        (
            "a server that shows an operation has one",
            ["servers", "instances"],
            """
            SELECT s.id || ' ' || s.status || ' ' || COALESCE(s.task_state, '') FROM servers s
            WHERE (s.status = 'BUILD' OR s.task_state IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.resource = 'server/' || s.id AND i.completed_at IS NULL)
            """
        ),
    ];

    private readonly Dictionary<string, string?> combined = [];
    private readonly SortedDictionary<string, long> epochs = new(StringComparer.Ordinal);

    /// <summary>Looks at the tables that a decision has written, inside its transaction.</summary>
    public ValueTask CommittingAsync(Tx tx, IReadOnlySet<string> written)
    {
        var key = string.Join(',', written.Order(StringComparer.Ordinal));
        if (!combined.TryGetValue(key, out var sql))
            combined[key] = sql = Combined(p => p.Tables.Any(written.Contains));
        return sql is null ? ValueTask.CompletedTask : LookAsync(tx, sql);
    }

    /// <summary>Looks at all of it, and that no fence was ever lowered.</summary>
    public async ValueTask WholeAsync(Tx tx)
    {
        await LookAsync(tx, Combined(_ => true)!);
        foreach (var line in await tx.ListAsync<string>("SELECT resource || ' ' || epoch FROM resources"))
        {
            var (resource, epoch) = (line.Split(' ')[0], long.Parse(line.Split(' ')[1]));
            if (epochs.GetValueOrDefault(resource) > epoch)
                violated("a fence is never lowered", $"{resource} from {epochs[resource]} to {epoch}");
            epochs[resource] = epoch;
        }
    }

    /// <summary>The database is another one now.</summary>
    public void ForgetEpochs() => epochs.Clear();

    /// <summary>How many addresses a range has, as far as the last 32 bits tell: no number of SQLite holds one of IPv6.</summary>
    private static string Size(string range) =>
        $"({Low($"{range}.last_address")} - {Low($"{range}.first_address")} + 1)";

    private static string Low(string column) =>
        $"({string.Join(" + ", Enumerable.Range(0, 8).Select(at => $"{1L << (4 * at)} * (instr('0123456789abcdef', substr({column}, -{at + 1}, 1)) - 1)"))})";

    private static string Usage(string resource, string amount, string from) =>
        $"""
            SELECT COALESCE(u.project_id, t.project_id) || ' {resource} ' || COALESCE(u.used, 0) || ' for ' || COALESCE(t.due, 0)
            FROM (SELECT project_id, used FROM usage WHERE resource = '{resource}') u
            FULL JOIN (SELECT project_id, SUM({amount}) AS due FROM {from} GROUP BY project_id) t ON t.project_id = u.project_id
            WHERE COALESCE(u.used, 0) <> COALESCE(t.due, 0)
            """;

    private static string? Combined(Func<(string Promise, string[] Tables, string Sql), bool> which)
    {
        var some = Promises
            .Where(which)
            .Select(p =>
                $"SELECT '{p.Promise.Replace("'", "''")}' || '|' || x FROM (SELECT NULL AS x WHERE 0 UNION ALL {p.Sql.Trim()})"
            );
        var sql = string.Join("\nUNION ALL ", some);
        return sql.Length == 0 ? null : sql;
    }

    private async ValueTask LookAsync(Tx tx, string sql)
    {
        foreach (var found in await tx.ListAsync<string>(sql))
            if (found.Split('|', 2) is [var promise, var what])
                violated(promise, what);
    }
}
