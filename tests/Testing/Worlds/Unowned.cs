using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>Something on a host that no record accounts for.</summary>
internal sealed record Unowned(string Kind, string Id, string Host)
{
    public const string Promise = "nothing is on a host without an owner";

    /// <param name="atRest">True: nothing is under way that could account for it, and what was removed is gone.</param>
    /// <param name="listed">False: what is in quarantine is to be gone, too.</param>
    public static async Task<IReadOnlyList<Unowned>> FindAsync(
        TestCloud cloud,
        Tx tx,
        bool atRest = false,
        bool listed = true
    )
    {
        var known = await tx.ListAsync<string>(
            """
            SELECT id || ' ' || host_id FROM servers WHERE host_id IS NOT NULL
            UNION ALL SELECT id || ' ' || host_id FROM ports WHERE host_id IS NOT NULL
            UNION ALL SELECT id || ' *' FROM networks
            UNION ALL SELECT id || ' ' || host_id FROM routers WHERE host_id IS NOT NULL
            UNION ALL SELECT COALESCE(name_id, id) || ' ' || host_id FROM volumes WHERE host_id IS NOT NULL
            UNION ALL SELECT other_name_id || ' ' || other_host_id FROM volumes
                WHERE other_host_id IS NOT NULL AND @under_way = 1
            UNION ALL SELECT s.id || ' ' || v.host_id FROM volume_snapshots s JOIN volumes v ON v.id = s.volume_id
                WHERE v.host_id IS NOT NULL
            UNION ALL SELECT a.id || ' ' || v.host_id FROM volume_attachments a JOIN volumes v ON v.id = a.volume_id
                WHERE v.host_id IS NOT NULL
            UNION ALL SELECT item_id || ' ' || host_id FROM quarantine WHERE @listed = 1
            UNION ALL SELECT id || ' *' FROM removals WHERE @under_way = 1
            UNION ALL SELECT SUBSTR(r.resource, INSTR(r.resource, '/') + 1) || ' *' FROM resources r
                WHERE r.operation IS NOT NULL AND @under_way = 1
            UNION ALL SELECT p.id || ' *' FROM ports p JOIN resources r ON r.resource = 'server/' || p.device_id
                WHERE r.operation IS NOT NULL AND @under_way = 1
            UNION ALL SELECT p.port_id || ' *' FROM router_ports p JOIN resources r ON r.resource = 'router/' || p.router_id
                WHERE r.operation IS NOT NULL AND @under_way = 1
            UNION ALL SELECT router_id || ' ' || host_id FROM router_copies WHERE @under_way = 1
            UNION ALL SELECT port_id || ' ' || host_id FROM router_copies WHERE @under_way = 1
            """,
            new { listed = listed ? 1 : 0, under_way = atRest ? 0 : 1 }
        );
        var owned = known.ToHashSet();
        return
        [
            .. cloud
                .Hosts.SelectMany(h => Items(h).Select(i => (Item: i, h.Id)))
                .Where(h => !owned.Contains($"{h.Item.Id} {h.Id}") && !owned.Contains($"{h.Item.Id} *"))
                .Select(h => h.Item),
        ];
    }

    public override string ToString() => $"{Kind} {Id} on {Host}";

    private static IEnumerable<Unowned> Items(TestHost host) =>
        host
            .Metal.Guests.Keys.Select(id => new Unowned("guest", id, host.Name))
            .Concat(host.Metal.Disks.Keys.Select(id => new Unowned("disk", id, host.Name)))
            .Concat(host.Metal.Routers.Keys.Select(id => new Unowned("router", id, host.Name)))
            .Concat(host.Metal.Volumes.Keys.Select(id => new Unowned("volume", id, host.Name)))
            .Concat(
                host.Metal.Volumes.Values.SelectMany(v => v.Snapshots.Keys)
                    .Select(id => new Unowned("snapshot", id, host.Name))
            )
            .Concat(
                host.Metal.Volumes.Values.SelectMany(v => v.Exports.Keys)
                    .Select(id => new Unowned("export", id, host.Name))
            )
            .Concat(host.Metal.Ports.Keys.Select(id => new Unowned("port", id, host.Name)))
            .Concat(host.Metal.Networks.Keys.Select(id => new Unowned("network", id, host.Name)));
}
