using Pipeline.Data;

namespace Pipeline.Testing.Clouds;

/// <summary>Everything in a cloud that counts, a line each by kind: compared before and after, it shows what was left behind.</summary>
public sealed class Holdings
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> kinds = new(StringComparer.Ordinal);

    /// <summary>All lines but those of the kinds left out.</summary>
    public string Without(params string[] leftOut) =>
        string.Join(
            '\n',
            kinds.Where(k => !leftOut.Contains(k.Key)).SelectMany(k => k.Value.Select(v => $"{k.Key}: {v}"))
        );

    /// <summary>What a server in ERROR still has: its record, what it counts against its quota, its secrets.</summary>
    public string WithoutServers => Without("server", "usage", "secret");

    public override string ToString() => Without();

    internal void Add(string kind, IEnumerable<string> lines) =>
        kinds[kind] = [.. kinds.GetValueOrDefault(kind, []), .. lines.Order(StringComparer.Ordinal)];
}

/// <summary>What the cloud holds.</summary>
public sealed partial class TestCloud
{
    private static readonly (string Kind, string Sql)[] Tables =
    [
        (
            "allocation",
            "SELECT server_id || ' on ' || host_id || ' ' || vcpus || '/' || memory_mib || '/' || disk_gib FROM allocations"
        ),
        ("host", "SELECT name || ' ' || used_vcpus || '/' || used_memory_mib || '/' || used_disk_gib FROM hosts"),
        ("usage", "SELECT project_id || ' ' || resource || ' ' || used FROM usage WHERE used <> 0"),
        ("server", "SELECT id || ' ' || status FROM servers"),
        ("volume", "SELECT id || ' ' || status || ' ' || size_gib || ' ' || claimed_gib FROM volumes"),
        ("attachment", "SELECT id || ' ' || volume_id || ' ' || status FROM volume_attachments"),
        ("server volume", "SELECT attachment_id || ' ' || server_id || ' ' || volume_id FROM server_volumes"),
        ("snapshot", "SELECT id || ' ' || status FROM volume_snapshots"),
        ("backup", "SELECT id || ' ' || status || ' ' || size_gib FROM volume_backups"),
        ("transfer", "SELECT id || ' ' || volume_id FROM volume_transfers"),
        ("image of a volume", "SELECT id || ' ' || status FROM images WHERE sender_id IS NOT NULL"),
        ("backend", "SELECT host_name || ' ' || name || ' ' || provisioned_gib || ' ' || volumes FROM volume_backends"),
        ("secret", "SELECT owner || ' ' || id FROM secrets"),
        (
            "port",
            "SELECT id || ' ' || device_owner || ' ' || COALESCE(server_id, '') || ' ' || COALESCE(deleted_at, 0) FROM ports"
        ),
        ("router", "SELECT id || ' ' || COALESCE(host_id, '') || ' ' || COALESCE(deleted_at, 0) FROM routers"),
        (
            "floating address",
            "SELECT id || ' ' || floating_ip_address || ' ' || COALESCE(deleted_at, 0) FROM floating_ips"
        ),
        (
            "forwarding",
            "SELECT floating_ip_id || ' ' || protocol || ' ' || external_port || ' ' || internal_port_id FROM port_forwardings"
        ),
        ("address", "SELECT network_id || ' ' || ip || ' ' || port_id FROM ip_allocations"),
        (
            "lock",
            "SELECT resource || ' ' || operation FROM resources WHERE operation IS NOT NULL OR next_operation IS NOT NULL"
        ),
        ("orchestration", "SELECT id || ' ' || status FROM instances WHERE completed_at IS NULL"),
        ("task", "SELECT instance_id || '/' || task_id || ' ' || name FROM tasks"),
        ("inbox", "SELECT instance_id || ' ' || kind FROM inbox"),
        ("mail", "SELECT instance_id || ' ' || name FROM mailbox"),
        ("outbox", "SELECT queue FROM outbox"),
        ("quarantine", "SELECT kind || ' ' || item_id || ' ' || reason FROM quarantine"),
    ];

    /// <summary>Allocations, usage, ports, addresses, guests, disks, secrets, locks, tasks, messages: all that may be left behind.</summary>
    public async Task<Holdings> ResourcesAsync()
    {
        var all = new Holdings();
        foreach (var (kind, sql) in Tables)
            all.Add(kind, await Store.ReadAsync(tx => tx.ListAsync<string>(sql)));
        foreach (var host in hosts)
        {
            all.Add("guest", host.Metal.Guests.Select(g => $"{host.Name} {g.Key} {g.Value.State}"));
            all.Add(
                "guest volume",
                host.Metal.Guests.SelectMany(g => g.Value.Spec.Volumes ?? []).Select(v => $"{host.Name} {v.Attachment}")
            );
            all.Add("disk", host.Metal.Disks.Select(d => $"{host.Name} {d.Key} {d.Value.Image?.Id}"));
            all.Add("host network", host.Metal.Networks.Select(n => $"{host.Name} {n.Key}"));
            all.Add("host router", host.Metal.Routers.Select(r => $"{host.Name} {r.Key}"));
            all.Add("host volume", host.Metal.Volumes.Select(v => $"{host.Name} {v.Key} {v.Value.Snapshots.Count}"));
            all.Add(
                "host export",
                host.Metal.Volumes.SelectMany(v => v.Value.Exports.Keys).Select(e => $"{host.Name} {e}")
            );
            all.Add("host file", host.Metal.Files.Select(f => $"{host.Name} {f.Key}"));
            all.Add("host unmanaged", host.Metal.Unmanaged.Select(u => $"{host.Name} {u.Key} {u.Value.Bytes}"));
            all.Add("host port", host.Metal.Ports.Select(p => $"{host.Name} {p.Key}"));
        }
        all.Add("message", Tally.Open);
        var payloads = new List<string>();
        await foreach (var blob in parts.Payloads.ListAsync())
            payloads.Add(blob.Name);
        all.Add("payload", payloads);
        all.Add("backup part", await BackupPartsAsync());
        all.Add("backup file", folders.SelectMany(f => f.Value.Parts.Keys.Select(part => $"{f.Key} {part}")));
        return all;
    }

    /// <summary>The names of all that is kept of backups.</summary>
    public async Task<IReadOnlyList<string>> BackupPartsAsync()
    {
        var kept = new List<string>();
        await foreach (var blob in parts.Backups.ListAsync())
            kept.Add(blob.Name);
        return kept;
    }

    /// <summary>As a host does that is late.</summary>
    public Task AddBackupPartAsync(string name) => parts.Backups.PutAsync(name, new MemoryStream([1]));

    /// <summary>A backup's record is lost, and what it counts for; its parts are not.</summary>
    public Task LoseBackupAsync(string id) =>
        Store.WriteAsync(async tx =>
        {
            foreach (var (resource, amount) in new[] { ("backups", "1"), ("backup_gigabytes", "size_gib") })
                await tx.ExecuteAsync(
                    $"""
                    UPDATE usage SET used = used - (SELECT {amount} FROM volume_backups WHERE id = @id)
                    WHERE resource = @resource AND project_id = (SELECT project_id FROM volume_backups WHERE id = @id)
                    """,
                    new { id, resource }
                );
            await tx.ExecuteAsync("DELETE FROM volume_backups WHERE id = @id", new { id });
        });
}
