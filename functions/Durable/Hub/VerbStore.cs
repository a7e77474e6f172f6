using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// The SQL of operators' verbs. Each raises `next_seq` and so refuses the turn that is under way: whoever runs it looks again.
/// </summary>
internal static class VerbStore
{
    /// <returns>The instance as it ended; null when it had ended already, or is not there.</returns>
    public static ValueTask<InstanceRow?> TerminateAsync(this Tx tx, string id, string fault) =>
        tx.FindAsync<InstanceRow>(
            $"""
            UPDATE instances SET status = @Terminated, fault = @fault, blocked = NULL, suspended = NULL,
                next_seq = next_seq + 1, updated_at = @now, completed_at = @now
            WHERE id = @id AND completed_at IS NULL
            RETURNING {HubStore.InstanceColumns}
            """,
            new
            {
                id,
                fault,
                InstanceStatus.Terminated,
            }
        );

    /// <returns>The instance as it stands still; null when it did so already, has ended, or is not there.</returns>
    public static ValueTask<InstanceRow?> SuspendAsync(this Tx tx, string id, string reason) =>
        tx.FindAsync<InstanceRow>(
            $"""
            UPDATE instances SET status = @Suspended, suspended = @reason, next_seq = next_seq + 1, updated_at = @now
            WHERE id = @id AND completed_at IS NULL AND suspended IS NULL
            RETURNING {HubStore.InstanceColumns}
            """,
            new
            {
                id,
                reason,
                InstanceStatus.Suspended,
            }
        );

    /// <summary>
    /// What other functions hosts have parked for want of code. Not what was given up, and not while a local step of it may run
    /// there.
    /// </summary>
    public static ValueTask<IReadOnlyList<string>> ListBlockedElsewhereAsync(
        this Tx tx,
        string owner,
        string after,
        int limit
    ) =>
        tx.ListAsync<string>(
            """
            SELECT id FROM instances
            WHERE blocked IS NOT NULL AND suspended IS NULL AND owner <> @owner AND owner <> '' AND id > @after
                AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.instance_id = instances.id AND t.kind = 'local')
                AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.kind = 'Turn' AND d.subject = instances.id)
            ORDER BY id LIMIT @limit
            """,
            new
            {
                owner,
                after,
                limit,
            }
        );

    /// <returns>False when it moved on since it was read.</returns>
    public static async ValueTask<bool> AdoptAsync(this Tx tx, InstanceRow read, string owner) =>
        await tx.ExecuteAsync(
            """
            UPDATE instances SET owner = @owner
            WHERE id = @Id AND generation = @Generation AND next_seq = @NextSeq AND owner = @was AND blocked IS NOT NULL
            """,
            new
            {
                read.Id,
                read.Generation,
                read.NextSeq,
                was = read.Owner,
                owner,
            }
        ) == 1;

    public static ValueTask<HistoryRow?> FindLastAsync(this Tx tx, InstanceRow instance, HistoryKind kind) =>
        tx.FindAsync<HistoryRow>(
            """
            SELECT seq, kind, task_id, name, data, hash, at FROM history
            WHERE instance_id = @Id AND generation = @Generation AND kind = @kind ORDER BY seq DESC LIMIT 1
            """,
            new
            {
                instance.Id,
                instance.Generation,
                kind = $"{kind}",
            }
        );

    /// <summary>What is blocked besides stays shown as suspended until its code has repeated its history.</summary>
    /// <returns>The instance as it goes on; null when nobody had suspended it.</returns>
    public static ValueTask<InstanceRow?> ResumeAsync(this Tx tx, string id) =>
        tx.FindAsync<InstanceRow>(
            $"""
            UPDATE instances SET suspended = NULL, next_seq = next_seq + 1, updated_at = @now,
                status = CASE
                    WHEN blocked IS NOT NULL THEN @Suspended
                    WHEN EXISTS (SELECT 1 FROM history h WHERE h.instance_id = instances.id
                        AND h.generation = instances.generation AND h.kind = 'ExecutionStarted') THEN @Running
                    ELSE @Pending END
            WHERE id = @id AND completed_at IS NULL AND suspended IS NOT NULL
            RETURNING {HubStore.InstanceColumns}
            """,
            new
            {
                id,
                InstanceStatus.Suspended,
                InstanceStatus.Running,
                InstanceStatus.Pending,
            }
        );
}
