using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of rewinding: a new generation beside the old one, whose history stays as it was.</summary>
internal static class RewindStore
{
    /// <returns>The instance as it begins again; null when another has rewound it meanwhile.</returns>
    public static ValueTask<InstanceRow?> RewindAsync(this Tx tx, InstanceRow ended, InstanceRow anew) =>
        tx.FindAsync<InstanceRow>(
            $"""
            UPDATE instances SET generation = generation + 1, version = @Version, status = @Status, output = NULL,
                fault = NULL, blocked = NULL, suspended = NULL, starts = 0, waits = NULL, epoch = @Epoch, next_seq = @NextSeq,
                updated_at = @now, deadline_at = @DeadlineAt, completed_at = NULL, owner = @Owner
            WHERE id = @Id AND generation = @Generation AND completed_at IS NOT NULL
            RETURNING {HubStore.InstanceColumns}
            """,
            new
            {
                ended.Id,
                ended.Generation,
                anew.Version,
                anew.Status,
                anew.Epoch,
                anew.NextSeq,
                anew.DeadlineAt,
                anew.Owner,
            }
        );

    public static async ValueTask CopyHistoryAsync(this Tx tx, InstanceRow ended, int count, int shift) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO history (instance_id, generation, seq, kind, task_id, name, data, hash, at)
            SELECT instance_id, generation + 1, seq + @shift, kind, task_id, name, data, hash, at FROM history
            WHERE instance_id = @Id AND generation = @Generation AND seq < @count
            """,
            new
            {
                ended.Id,
                ended.Generation,
                count,
                shift,
            }
        );

    /// <summary>A called orchestration tells the caller's new generation of its end.</summary>
    public static async ValueTask AnswersToAsync(this Tx tx, string child, int generation) =>
        await tx.ExecuteAsync(
            "UPDATE instances SET parent_generation = @generation WHERE id = @child",
            new { child, generation }
        );

    /// <summary>Results that an ended run did not look at any more; a rewound one does not do those steps twice.</summary>
    public static async ValueTask KeepResultsAsync(this Tx tx, InstanceRow ended, int seq) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO history (instance_id, generation, seq, kind, task_id, name, data, at)
            SELECT instance_id, generation, @seq + ROW_NUMBER() OVER (ORDER BY seq) - 1, kind, task_id, name, data, @now
            FROM inbox WHERE instance_id = @Id AND generation = @Generation AND kind IN ('TaskCompleted', 'SubOrchestrationInstanceCompleted')
            """,
            new
            {
                ended.Id,
                ended.Generation,
                seq,
            }
        );
}
