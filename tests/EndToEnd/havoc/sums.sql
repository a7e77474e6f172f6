-- What must not be there once nothing is under way, a line each: the promise and where it is broken. PostgreSQL.
SELECT 'every orchestration ends: ' || id || ' ' || status || COALESCE(' ' || blocked, '') FROM instances WHERE completed_at IS NULL
UNION ALL SELECT 'a lock that nobody holds is free: ' || resource FROM resources
    WHERE operation IS NOT NULL OR next_operation IS NOT NULL
UNION ALL SELECT 'no news is left for nobody: ' || instance_id FROM inbox
UNION ALL SELECT 'no step is left for nobody: ' || instance_id || ' ' || name FROM tasks
UNION ALL SELECT 'no message is left unsent: ' || queue FROM outbox
UNION ALL SELECT 'nothing is given up: ' || kind || ' ' || subject || ' ' || fault FROM dead_letters
UNION ALL SELECT 'no sweep has to reclaim anything: ' || target FROM audit WHERE rule = 'hosts:sweep:reclaim'
UNION ALL SELECT 'nothing is in quarantine: ' || kind || ' ' || item_id || ' ' || reason FROM quarantine
UNION ALL SELECT 'a server is ACTIVE, SHUTOFF, or ERROR with a fault: ' || id || ' ' || status || COALESCE(' ' || task_state, '')
    FROM servers
    WHERE task_state IS NOT NULL OR (status NOT IN ('ACTIVE', 'SHUTOFF') AND (status <> 'ERROR' OR fault IS NULL))
UNION ALL SELECT 'no secret outlives its server or attachment: ' || owner FROM secrets
    WHERE owner NOT IN (SELECT 'server/' || id FROM servers UNION ALL SELECT 'attachment/' || id FROM volume_attachments)
UNION ALL SELECT 'no tombstone is left: port ' || id FROM ports WHERE deleted_at IS NOT NULL
UNION ALL SELECT 'no tombstone is left: network ' || id FROM networks WHERE deleted_at IS NOT NULL
UNION ALL SELECT 'no claim without its server: ' || server_id FROM allocations WHERE server_id NOT IN (SELECT id FROM servers)
UNION ALL SELECT 'a server is where its claim is: ' || s.id FROM servers s LEFT JOIN allocations a ON a.server_id = s.id
    WHERE s.host_id IS DISTINCT FROM a.host_id
UNION ALL SELECT 'used amounts are the sum of claims: ' || h.name FROM hosts h LEFT JOIN (
    SELECT host_id, SUM(vcpus) AS c, SUM(memory_mib) AS m, SUM(disk_gib) AS d FROM allocations GROUP BY host_id
) a ON a.host_id = h.id
    WHERE h.used_vcpus <> COALESCE(a.c, 0) OR h.used_memory_mib <> COALESCE(a.m, 0) OR h.used_disk_gib <> COALESCE(a.d, 0)
UNION ALL SELECT 'usage is what is used: ' || COALESCE(u.project_id, d.project_id) || ' ' || COALESCE(u.resource, d.resource)
        || ' ' || COALESCE(u.used, 0) || ' for ' || COALESCE(d.due, 0)
    FROM usage u FULL JOIN (
        SELECT project_id, 'instances' AS resource, COUNT(*) AS due FROM servers GROUP BY project_id
        UNION ALL SELECT project_id, 'cores', SUM((flavor::jsonb ->> 'Vcpus')::bigint) FROM servers GROUP BY project_id
        UNION ALL SELECT project_id, 'ram', SUM((flavor::jsonb ->> 'RamMib')::bigint) FROM servers GROUP BY project_id
        UNION ALL SELECT project_id, 'port', COUNT(*) FROM ports WHERE deleted_at IS NULL GROUP BY project_id
        UNION ALL SELECT project_id, 'network', COUNT(*) FROM networks WHERE deleted_at IS NULL GROUP BY project_id
        UNION ALL SELECT project_id, 'subnet', COUNT(*) FROM subnets GROUP BY project_id
        UNION ALL SELECT project_id, 'security_group', COUNT(*) FROM security_groups GROUP BY project_id
        UNION ALL SELECT project_id, 'security_group_rule', COUNT(*) FROM security_group_rules GROUP BY project_id
    ) d ON d.project_id = u.project_id AND d.resource = u.resource
    WHERE COALESCE(u.used, 0) <> COALESCE(d.due, 0)
        AND COALESCE(u.resource, d.resource) IN
            ('instances', 'cores', 'ram', 'port', 'network', 'subnet', 'security_group', 'security_group_rule')
UNION ALL SELECT 'a port''s server is there: ' || id FROM ports
    WHERE server_id IS NOT NULL AND server_id NOT IN (SELECT id FROM servers)
UNION ALL SELECT 'an address belongs to a port: ' || ip FROM ip_allocations WHERE port_id NOT IN (SELECT id FROM ports)
UNION ALL SELECT 'a pool''s addresses are free or given, and given once: ' || p.subnet_id FROM allocation_pools p GROUP BY p.subnet_id
    HAVING (SUM(('x' || lpad(right(p.last_address, 8), 16, '0'))::bit(64)::bigint - ('x' || lpad(right(p.first_address, 8), 16, '0'))::bit(64)::bigint + 1)
        - (SELECT COALESCE(SUM(('x' || lpad(right(f.last_address, 8), 16, '0'))::bit(64)::bigint - ('x' || lpad(right(f.first_address, 8), 16, '0'))::bit(64)::bigint + 1), 0) FROM free_ranges f WHERE f.subnet_id = p.subnet_id)
        - (SELECT COUNT(*) FROM ip_allocations i JOIN allocation_pools q ON q.subnet_id = i.subnet_id
            AND i.address BETWEEN q.first_address AND q.last_address WHERE i.subnet_id = p.subnet_id)
        ) % 4294967296 <> 0; -- as far as the last 32 bits tell: those of IPv6 are too many for a number here
