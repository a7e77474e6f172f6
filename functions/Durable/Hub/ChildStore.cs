using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL between orchestrations and those they called.</summary>
internal static class ChildStore
{
    /// <summary>Those that an orchestration called, in all its generations, ended ones too, oldest first.</summary>
    public static ValueTask<IReadOnlyList<InstanceRow>> ListChildrenAsync(this Tx tx, string id) =>
        tx.ListAsync<InstanceRow>(
            $"SELECT {HubStore.InstanceColumns} FROM instances WHERE parent_id = @id ORDER BY created_at, id",
            new { id }
        );

    /// <summary>Those that do not outlive the orchestration that called them, and run.</summary>
    public static ValueTask<IReadOnlyList<InstanceRow>> ListDependentsAsync(this Tx tx, string id) =>
        tx.ListAsync<InstanceRow>(
            $"""
            SELECT {HubStore.InstanceColumns} FROM instances
            WHERE parent_id = @id AND detached = 0 AND completed_at IS NULL ORDER BY created_at, id
            """,
            new { id }
        );

    /// <summary>Whom a call started; null when it has not, or the one has ended.</summary>
    public static ValueTask<InstanceRow?> FindChildAsync(this Tx tx, TaskKey call) =>
        tx.FindAsync<InstanceRow>(
            $"""
            SELECT {HubStore.InstanceColumns} FROM instances
            WHERE parent_id = @InstanceId AND parent_generation = @Generation AND parent_task = @TaskId
                AND completed_at IS NULL
            """,
            call
        );

    /// <summary>Whether a call has started one, running or ended: the end of it is news to its caller by now.</summary>
    public static async ValueTask<bool> HasCalledAsync(this Tx tx, TaskKey call) =>
        await tx.ScalarAsync<string>(
            """
            SELECT id FROM instances
            WHERE parent_id = @InstanceId AND parent_generation = @Generation AND parent_task = @TaskId
            """,
            call
        )
            is not null;

    /// <summary>Another that runs under the lock of a resource it did not take itself.</summary>
    public static ValueTask<string?> FindSharerAsync(this Tx tx, string resource, string except) =>
        tx.ScalarAsync<string>(
            """
            SELECT id FROM instances
            WHERE resource = @resource AND shares_lock = 1 AND completed_at IS NULL AND id <> @except
            ORDER BY created_at, id LIMIT 1
            """,
            new { resource, except }
        );

    /// <summary>Nobody else changes who holds the resource until the transaction ends.</summary>
    public static ValueTask<string?> HoldResourceAsync(this Tx tx, string resource) =>
        tx.ScalarAsync<string>(
            "SELECT operation FROM resources WHERE resource = @resource FOR UPDATE",
            new { resource }
        );

    /// <summary>The lock goes to one that works under it still; who waits for it waits on.</summary>
    public static async ValueTask BequeathAsync(this Tx tx, string resource, string heir) =>
        await tx.ExecuteAsync(
            "UPDATE resources SET operation = @heir WHERE resource = @resource",
            new { resource, heir }
        );

    /// <summary>News for the very generation that asked; one that has ended wants none.</summary>
    public static void TellCaller(this Tx tx, TaskKey call, HistoryKind kind, string? epoch, string? data) =>
        tx.Send(
            """
            INSERT INTO inbox (instance_id, generation, kind, task_id, name, data, visible_at)
            SELECT id, generation, @kind, @TaskId, @epoch, @data, @now FROM instances
            WHERE id = @InstanceId AND generation = @Generation AND completed_at IS NULL
            ON CONFLICT (instance_id, generation, task_id, kind) DO NOTHING
            """,
            new
            {
                call.InstanceId,
                call.Generation,
                call.TaskId,
                kind = kind.ToString(),
                epoch,
                data,
            }
        );
}
