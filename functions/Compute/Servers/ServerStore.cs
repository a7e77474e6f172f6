using Pipeline.Data;

namespace Pipeline.Compute.Servers;

/// <summary>The SQL of servers and their actions.</summary>
internal static class ServerStore
{
    private const string Columns = """
        id, project_id, user_id, name, status, task_state, vm_state, power_state, image_id, flavor, key_name, metadata,
        config_drive, availability_zone, security_groups, disk_config, access_ipv4, access_ipv6, host_id, host_name,
        fault, fault_at, reservation_id, number, created_at, updated_at, launched_at, version, locked_by,
        boots_from_volume
        """;

    /// <summary>What a list may be sorted by, in Nova's words.</summary>
    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["access_ip_v4"] = "access_ipv4",
        ["access_ip_v6"] = "access_ipv6",
        ["availability_zone"] = "availability_zone",
        ["config_drive"] = "config_drive",
        ["created_at"] = "created_at",
        ["display_name"] = "name",
        ["host"] = "COALESCE(host_name, '')",
        ["image_ref"] = "image_id",
        ["key_name"] = "COALESCE(key_name, '')",
        ["launched_at"] = "COALESCE(launched_at, 0)",
        ["power_state"] = "power_state",
        ["project_id"] = "project_id",
        ["task_state"] = "COALESCE(task_state, '')",
        ["updated_at"] = "updated_at",
        ["user_id"] = "user_id",
        ["uuid"] = "id",
        ["vm_state"] = "vm_state",
    };

    /// <summary>As a client sorts them, descending where it does not say; the newest first where it names no key.</summary>
    public static ValueTask<IReadOnlyList<Server>> ListServersAsync(
        this Tx tx,
        ProjectId? project,
        Page page,
        ServerId? after,
        int limit
    )
    {
        var order = ListOrder.Of("servers", page.Sort, SortKeys, descending: true, "created_at", "id");
        return tx.ListAsync<Server>(
            $"""
            SELECT {Columns} FROM servers
            WHERE {(project is null ? "1 = 1" : "project_id = @project")} {(
                after is null ? "" : $"AND ({order.After})"
            )}
            ORDER BY {order.By} LIMIT @limit
            """,
            new
            {
                project = project ?? default,
                after = after ?? default,
                limit,
            }
        );
    }

    public static ValueTask<Server?> FindServerAsync(this Tx tx, ServerId id) =>
        tx.FindAsync<Server>($"SELECT {Columns} FROM servers WHERE id = @id", new { id });

    /// <summary>The host that a server is on; null for none. The row is held: nobody removes it meanwhile.</summary>
    public static async ValueTask<HostId?> LockServerHostAsync(this Tx tx, ServerId id) =>
        await tx.ScalarAsync<string?>("SELECT host_id FROM servers WHERE id = @id FOR UPDATE", new { id }) is { } text
        && HostId.TryParse(text, out var host)
            ? host
            : null;

    public static ValueTask<IReadOnlyList<HostCountRow>> CountServersByHostAsync(this Tx tx) =>
        tx.ListAsync<HostCountRow>(
            "SELECT host_id, COUNT(*) AS servers FROM servers WHERE host_id IS NOT NULL GROUP BY host_id"
        );

    public static async ValueTask<IReadOnlyList<Server>> ListServersOnAsync(this Tx tx, IReadOnlyList<HostId> hosts)
    {
        var servers = new List<Server>();
        foreach (var host in hosts)
            servers.AddRange(
                await tx.ListAsync<Server>(
                    $"SELECT {Columns} FROM servers WHERE host_id = @host ORDER BY number",
                    new { host }
                )
            );
        return servers;
    }

    public static async ValueTask<long> NextNumberAsync(this Tx tx)
    {
        await tx.LockAsync("server/number");
        return await tx.ScalarAsync<long>("SELECT COALESCE(MAX(number), 0) + 1 FROM servers");
    }

    public static async ValueTask AddServerAsync(this Tx tx, Server server) =>
        await tx.ExecuteAsync(
            $"""
            INSERT INTO servers ({Columns}) VALUES (@Id, @ProjectId, @UserId, @Name, @Status, @TaskState, @VmState,
                @PowerState, @ImageId, @Flavor, @KeyName, @Metadata, @ConfigDrive, @AvailabilityZone, @SecurityGroups,
                @DiskConfig, @AccessIpv4, @AccessIpv6, @HostId, @HostName, @Fault, @FaultAt, @ReservationId, @Number,
                @now, @now, @LaunchedAt, 1, @LockedBy, @BootsFromVolume)
            """,
            server
        );

    /// <summary>Writes a server's changeable state; whoever holds its lock is alone in doing so.</summary>
    public static async ValueTask SaveServerAsync(this Tx tx, Server server) =>
        await tx.ExecuteAsync(
            """
            UPDATE servers SET name = @Name, status = @Status, task_state = @TaskState, vm_state = @VmState,
                power_state = @PowerState, metadata = @Metadata, access_ipv4 = @AccessIpv4, access_ipv6 = @AccessIpv6,
                disk_config = @DiskConfig, host_id = @HostId, host_name = @HostName, fault = @Fault, fault_at = @FaultAt,
                launched_at = @LaunchedAt, locked_by = @LockedBy, updated_at = @now, version = version + 1
            WHERE id = @Id
            """,
            new
            {
                server.Id,
                server.Name,
                server.Status,
                server.TaskState,
                server.VmState,
                server.PowerState,
                server.Metadata,
                server.AccessIpv4,
                server.AccessIpv6,
                server.DiskConfig,
                server.HostId,
                server.HostName,
                server.Fault,
                server.FaultAt,
                server.LaunchedAt,
                server.LockedBy,
            }
        );

    public static async ValueTask DeleteServerAsync(this Tx tx, ServerId id) =>
        await tx.ExecuteAsync("DELETE FROM servers WHERE id = @id", new { id });

    public static async ValueTask AddActionAsync(this Tx tx, ServerActionRow action) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO server_actions (server_id, request_id, action, project_id, user_id, instance_id, started_at, updated_at)
            VALUES (@ServerId, @RequestId, @Action, @ProjectId, @UserId, @InstanceId, @now, @now)
            ON CONFLICT (server_id, request_id) DO NOTHING
            """,
            action
        );

    public static ValueTask<IReadOnlyList<ServerActionRow>> ListActionsAsync(this Tx tx, ServerId server) =>
        tx.ListAsync<ServerActionRow>(
            """
            SELECT server_id, request_id, action, project_id, user_id, instance_id, message, started_at, updated_at
            FROM server_actions WHERE server_id = @server ORDER BY started_at DESC, request_id
            """,
            new { server }
        );

    public static async ValueTask FailActionAsync(this Tx tx, ServerId server, string requestId, string message) =>
        await tx.ExecuteAsync(
            """
            UPDATE server_actions SET message = @message, updated_at = @now
            WHERE server_id = @server AND request_id = @requestId
            """,
            new
            {
                server,
                requestId,
                message,
            }
        );
}

internal sealed record HostCountRow
{
    public HostId HostId { get; init; }
    public long Servers { get; init; }
}

internal sealed record ServerActionRow
{
    public ServerId ServerId { get; init; }
    public string RequestId { get; init; } = "";
    public string Action { get; init; } = "";
    public ProjectId ProjectId { get; init; }
    public UserId UserId { get; init; }
    public string InstanceId { get; init; } = "";
    public string? Message { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}
