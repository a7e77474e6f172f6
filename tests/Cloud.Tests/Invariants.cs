using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>What holds in every cloud in which nothing is under way.</summary>
internal static class Invariants
{
    private const string Reclaimed = "something that a sweep reclaimed";

    private static readonly (string Name, string Sql)[] None =
    [
        (
            "a claim without a living server",
            "SELECT server_id FROM allocations WHERE server_id NOT IN (SELECT id FROM servers)"
        ),
        (
            "a living server without a claim",
            "SELECT id FROM servers WHERE host_id IS NOT NULL AND id NOT IN (SELECT server_id FROM allocations)"
        ),
        ("a server that stayed in BUILD", "SELECT id FROM servers WHERE status = 'BUILD' OR task_state IS NOT NULL"),
        (
            "a host whose used amounts are not the sum of its claims",
            """
            SELECT h.name FROM hosts h WHERE h.used_vcpus <> (SELECT COALESCE(SUM(vcpus), 0) FROM allocations WHERE host_id = h.id)
                OR h.used_memory_mib <> (SELECT COALESCE(SUM(memory_mib), 0) FROM allocations WHERE host_id = h.id)
                OR h.used_disk_gib <> (SELECT COALESCE(SUM(disk_gib), 0) FROM allocations WHERE host_id = h.id)
            """
        ),
        (
            "usage that is not the number of servers",
            """
            SELECT u.project_id || ' ' || u.used FROM usage u
            WHERE u.resource = 'instances' AND u.used <> (SELECT COUNT(*) FROM servers s WHERE s.project_id = u.project_id)
            """
        ),
        (
            "usage that is not the servers' memory",
            """
            SELECT u.project_id || ' ' || u.used FROM usage u
            WHERE u.resource = 'ram' AND u.used <> (SELECT 512 * COUNT(*) FROM servers s WHERE s.project_id = u.project_id)
            """
        ),
        (
            "usage that is not the number of ports",
            """
            SELECT u.project_id || ' ' || u.used FROM usage u
            WHERE u.resource = 'port' AND u.used <> (SELECT COUNT(*) FROM ports p WHERE p.project_id = u.project_id)
            """
        ),
        ("an address given twice", "SELECT ip FROM ip_allocations GROUP BY network_id, ip HAVING COUNT(*) > 1"),
        (
            "a port whose server is gone",
            "SELECT id FROM ports WHERE server_id IS NOT NULL AND server_id NOT IN (SELECT id FROM servers)"
        ),
        (
            "a secret whose server is gone",
            "SELECT owner FROM secrets WHERE SUBSTR(owner, 8) NOT IN (SELECT id FROM servers)"
        ),
        ("something in quarantine", "SELECT kind || ' ' || item_id || ' ' || reason FROM quarantine"),
        (Reclaimed, "SELECT target FROM audit WHERE rule = 'hosts:sweep:reclaim'"),
        ("an orchestration that did not end", "SELECT id FROM instances WHERE completed_at IS NULL"),
        (
            "a lock that nobody holds",
            "SELECT resource FROM resources WHERE operation IS NOT NULL OR next_operation IS NOT NULL"
        ),
        (
            "news for nobody",
            "SELECT instance_id FROM inbox UNION SELECT instance_id FROM tasks UNION SELECT queue FROM outbox"
        ),
    ];

    /// <param name="reclaims">True where a sweep was to find something.</param>
    public static async Task HoldAsync(TestCloud cloud, bool reclaims = false)
    {
        foreach (var (name, sql) in None.Where(rule => !reclaims || rule.Name != Reclaimed))
        {
            var found = await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql));
            Assert.True(found.Count == 0, $"{name}: {string.Join(", ", found)}");
        }
        await ArtifactsHaveOwnersAsync(cloud);
    }

    /// <summary>A guest, a disk and a port on a host belong to a server that lives there; a server that runs has its guest.</summary>
    private static async Task ArtifactsHaveOwnersAsync(TestCloud cloud)
    {
        var servers = await cloud.Store.ReadAsync(tx =>
            tx.ListAsync<string>("SELECT id || ' ' || status FROM servers WHERE host_id IS NOT NULL")
        );
        var living = servers.Select(s => s.Split(' ')[0]).ToHashSet();
        var running = servers.Where(s => s.EndsWith(" ACTIVE", StringComparison.Ordinal)).Select(s => s.Split(' ')[0]);
        var ports = await cloud.Store.ReadAsync(tx =>
            tx.ListAsync<string>("SELECT id FROM ports WHERE server_id IS NOT NULL")
        );
        foreach (var host in cloud.Hosts)
        {
            Assert.Subset(living, host.Metal.Guests.Keys.ToHashSet());
            Assert.Subset(living, host.Metal.Disks.Keys.ToHashSet());
            Assert.Subset(ports.ToHashSet(), host.Metal.Ports.Keys.ToHashSet());
        }
        foreach (var id in running)
            Assert.Single(
                cloud.Hosts,
                h => h.Metal.Guests.TryGetValue(id, out var guest) && $"{guest.State}" == "Running"
            );
    }
}
