using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>A resource's fence and lock: one orchestration at a time changes it, and each begins with a higher epoch.</summary>
public static class Operations
{
    /// <summary>Takes the lock for an orchestration and raises the epoch.</summary>
    /// <returns>The new epoch; null when another orchestration holds the resource.</returns>
    public static async ValueTask<long?> TryLockAsync(this Tx tx, string resource, string operation) =>
        await tx.ScalarAsync<long?>(
            """
            INSERT INTO resources (resource, epoch, operation) VALUES (@resource, 1, @operation)
            ON CONFLICT (resource) DO UPDATE SET epoch = resources.epoch + 1, operation = excluded.operation
            WHERE resources.operation IS NULL
            RETURNING epoch
            """,
            new { resource, operation }
        );

    /// <summary>Raises the epoch of a resource that is held: its undo begins, or its lock was handed on.</summary>
    public static async ValueTask<long> RaiseEpochAsync(this Tx tx, string resource) =>
        await tx.ScalarAsync<long>(
            "UPDATE resources SET epoch = epoch + 1 WHERE resource = @resource RETURNING epoch",
            new { resource }
        );

    public static ValueTask<HeldResource?> FindHeldAsync(this Tx tx, string resource) =>
        tx.FindAsync<HeldResource>(
            "SELECT resource, epoch, operation, next_operation FROM resources WHERE resource = @resource",
            new { resource }
        );

    /// <summary>Names the orchestration that follows the present one. False when one is named already.</summary>
    public static async ValueTask<bool> TrySucceedAsync(this Tx tx, string resource, string next) =>
        await tx.ExecuteAsync(
            """
            UPDATE resources SET next_operation = @next
            WHERE resource = @resource AND operation IS NOT NULL AND next_operation IS NULL
            """,
            new { resource, next }
        ) == 1;

    /// <summary>Gives the lock up, or hands it to its successor with a raised epoch.</summary>
    /// <returns>The successor and its epoch; null when nobody waits.</returns>
    public static async ValueTask<HeldResource?> UnlockAsync(this Tx tx, string resource, string operation) =>
        await tx.FindAsync<HeldResource>(
            """
            UPDATE resources SET operation = next_operation, next_operation = NULL,
                epoch = CASE WHEN next_operation IS NULL THEN epoch ELSE epoch + 1 END
            WHERE resource = @resource AND operation = @operation
            RETURNING resource, epoch, operation, next_operation
            """,
            new { resource, operation }
        )
            is { Operation: not null } held
            ? held
            : null;

    /// <summary>An orchestration that was to follow the present one does so no more.</summary>
    public static async ValueTask LeaveLineAsync(this Tx tx, string resource, string next) =>
        await tx.ExecuteAsync(
            "UPDATE resources SET next_operation = NULL WHERE resource = @resource AND next_operation = @next",
            new { resource, next }
        );

    /// <summary>The fault of a second operation on a resource that has one.</summary>
    public static Fault Busy(string resource) =>
        Fault.Conflict($"Another operation on {resource} is in progress; try again when it has ended.");
}

public sealed record HeldResource
{
    public string Resource { get; init; } = "";
    public long Epoch { get; init; }
    public string? Operation { get; init; }
    public string? NextOperation { get; init; }
}
