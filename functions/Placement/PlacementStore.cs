using Pipeline.Contracts.Placement;
using Pipeline.Data;
using Pipeline.Placement.Allocations;
using Pipeline.Placement.Hosts;

namespace Pipeline.Placement;

/// <summary>All SQL of placement.</summary>
internal static class PlacementStore
{
    private const string HostColumns = """
        id, name, signing_key, sealing_key, roles, state, enabled, vcpus, memory_mib, disk_gib, used_vcpus,
        used_memory_mib, used_disk_gib, hypervisor, facts, last_seen, joined_at, updated_at
        """;

    public static ValueTask<IReadOnlyList<HostRow>> ListHostsAsync(this Tx tx) =>
        tx.ListAsync<HostRow>($"SELECT {HostColumns} FROM hosts ORDER BY name");

    public static ValueTask<IReadOnlyList<HostId>> ListUpHostsAsync(this Tx tx) =>
        tx.ListAsync<HostId>("SELECT id FROM hosts WHERE state = 'up' AND enabled = 1 ORDER BY id");

    public static ValueTask<HostRow?> FindHostAsync(this Tx tx, HostId id) =>
        tx.FindAsync<HostRow>($"SELECT {HostColumns} FROM hosts WHERE id = @id", new { id });

    /// <returns>False when a host of this name has joined already.</returns>
    public static async ValueTask<bool> AddHostAsync(this Tx tx, HostRow host) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO hosts ({HostColumns}) VALUES (@Id, @Name, @SigningKey, @SealingKey, @Roles, 'down', 1, 0, 0, 0, 0, 0, 0,
                '', '{"{}"}', 0, @now, @now)
            ON CONFLICT (name) DO NOTHING
            """,
            new
            {
                host.Id,
                host.Name,
                host.SigningKey,
                host.SealingKey,
                host.Roles,
            }
        ) == 1;

    /// <returns>The host's name; null for one that is gone.</returns>
    public static ValueTask<string?> SetInventoryAsync(this Tx tx, HostId id, HostRow inventory) =>
        tx.ScalarAsync<string?>(
            """
            UPDATE hosts SET vcpus = @Vcpus, memory_mib = @MemoryMib, disk_gib = @DiskGib, hypervisor = @Hypervisor,
                facts = @Facts, state = 'up', last_seen = @now, updated_at = @now
            WHERE id = @id RETURNING name
            """,
            new
            {
                id,
                inventory.Vcpus,
                inventory.MemoryMib,
                inventory.DiskGib,
                inventory.Hypervisor,
                inventory.Facts,
            }
        );

    /// <summary>It lives; others that have heard it later are not contradicted.</summary>
    public static async ValueTask SetSeenAsync(this Tx tx, HostId id, DateTimeOffset at) =>
        await tx.ExecuteAsync(
            """
            UPDATE hosts SET last_seen = CASE WHEN last_seen < @at THEN @at ELSE last_seen END,
                updated_at = CASE WHEN state = 'up' THEN updated_at ELSE @now END, state = 'up'
            WHERE id = @id
            """,
            new { id, at }
        );

    /// <summary>It is down, unless somebody has heard it since it was looked at.</summary>
    public static async ValueTask SetSilentAsync(this Tx tx, HostRow looked) =>
        await tx.ExecuteAsync(
            """
            UPDATE hosts SET state = 'down', updated_at = @now
            WHERE id = @Id AND state = 'up' AND last_seen <= @LastSeen
            """,
            new { looked.Id, looked.LastSeen }
        );

    public static async ValueTask AddJoinTokenAsync(this Tx tx, string hash, DateTimeOffset expiresAt) =>
        await tx.ExecuteAsync(
            "INSERT INTO join_tokens (hash, expires_at) VALUES (@hash, @expiresAt)",
            new { hash, expiresAt }
        );

    /// <summary>To use it: nobody else does meanwhile.</summary>
    public static ValueTask<JoinTokenRow?> FindJoinTokenAsync(this Tx tx, string hash) =>
        tx.FindAsync<JoinTokenRow>(
            "SELECT expires_at, host_id FROM join_tokens WHERE hash = @hash FOR UPDATE",
            new { hash }
        );

    public static async ValueTask UseJoinTokenAsync(this Tx tx, string hash, HostId host) =>
        await tx.ExecuteAsync("UPDATE join_tokens SET host_id = @host WHERE hash = @hash", new { hash, host });

    public static ValueTask<AllocationRow?> FindAllocationAsync(this Tx tx, ServerId server) =>
        tx.FindAsync<AllocationRow>(
            """
            SELECT a.host_id, h.name AS host_name, a.vcpus, a.memory_mib, a.disk_gib
            FROM allocations a JOIN hosts h ON h.id = a.host_id WHERE a.server_id = @server
            """,
            new { server }
        );

    /// <summary>Takes from a host what it has left, in one statement.</summary>
    /// <returns>False when it does not fit any more, or the host is not up and enabled.</returns>
    public static async ValueTask<bool> TakeAsync(this Tx tx, HostId host, Resources wanted, Ratios ratios) =>
        await tx.ExecuteAsync(
            """
            UPDATE hosts SET used_vcpus = used_vcpus + @Vcpus, used_memory_mib = used_memory_mib + @MemoryMib,
                used_disk_gib = used_disk_gib + @DiskGib
            WHERE id = @host AND state = 'up' AND enabled = 1
                AND used_vcpus + @Vcpus <= vcpus * @Cpu
                AND used_memory_mib + @MemoryMib <= memory_mib - @ReservedMemoryMib
                AND used_disk_gib + @DiskGib <= disk_gib
            """,
            new
            {
                host,
                wanted.Vcpus,
                wanted.MemoryMib,
                wanted.DiskGib,
                ratios.Cpu,
                ratios.ReservedMemoryMib,
            }
        ) == 1;

    public static async ValueTask AddAllocationAsync(
        this Tx tx,
        ServerId server,
        ProjectId project,
        HostId host,
        Resources taken
    ) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO allocations (server_id, host_id, project_id, vcpus, memory_mib, disk_gib)
            VALUES (@server, @host, @project, @Vcpus, @MemoryMib, @DiskGib)
            """,
            new
            {
                server,
                host,
                project,
                taken.Vcpus,
                taken.MemoryMib,
                taken.DiskGib,
            }
        );

    public static async ValueTask GiveBackAsync(this Tx tx, ServerId server, AllocationRow held)
    {
        await tx.ExecuteAsync("DELETE FROM allocations WHERE server_id = @server", new { server });
        await tx.ExecuteAsync(
            """
            UPDATE hosts SET used_vcpus = used_vcpus - @Vcpus, used_memory_mib = used_memory_mib - @MemoryMib,
                used_disk_gib = used_disk_gib - @DiskGib
            WHERE id = @HostId
            """,
            new
            {
                held.HostId,
                held.Vcpus,
                held.MemoryMib,
                held.DiskGib,
            }
        );
    }
}

internal sealed record JoinTokenRow
{
    public DateTimeOffset ExpiresAt { get; init; }
    public HostId? HostId { get; init; }
}

internal sealed record AllocationRow
{
    public HostId HostId { get; init; }
    public string HostName { get; init; } = "";
    public int Vcpus { get; init; }
    public int MemoryMib { get; init; }
    public int DiskGib { get; init; }
}
