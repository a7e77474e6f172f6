using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of continue-as-new.</summary>
internal static class GenerationStore
{
    /// <summary>History rows that one transaction deletes.</summary>
    public const int HistoryBatch = 1_000;

    /// <summary>Events that were taken and are still known by their ids, so that they are not taken again.</summary>
    public const int RememberedMail = 1_000;

    /// <returns>False when the instance moved on since it was read, or has another owner now.</returns>
    public static async ValueTask<bool> BeginGenerationAsync(
        this Tx tx,
        InstanceRow read,
        InstanceRow next,
        string? customStatus
    ) =>
        await tx.ExecuteAsync(
            """
            UPDATE instances SET status = @Status, generation = @Generation, version = @Version, input = @Input,
                epoch = @Epoch, next_seq = 0, blocked = NULL, starts = 0, waits = NULL, custom_status = COALESCE(@customStatus, custom_status),
                deadline_at = @DeadlineAt, updated_at = @now
            WHERE id = @Id AND generation = @ReadGeneration AND next_seq = @ReadSeq AND owner = @Owner
            """,
            new
            {
                next.Status,
                next.Generation,
                next.Version,
                next.Input,
                next.Epoch,
                next.DeadlineAt,
                customStatus,
                read.Id,
                ReadGeneration = read.Generation,
                ReadSeq = read.NextSeq,
                read.Owner,
            }
        ) == 1;

    /// <summary>News of earlier generations; what is for the instance as such stays.</summary>
    /// <returns>How much of it was no timer, and so is dropped unread.</returns>
    public static async ValueTask<int> DropOldNewsAsync(this Tx tx, string id, int before)
    {
        await tx.ExecuteAsync(
            """
            DELETE FROM inbox WHERE instance_id = @id AND generation >= 0 AND generation < @before
                AND (visible_at > @now OR kind = 'TimerFired')
            """,
            new { id, before }
        );
        return await tx.ExecuteAsync(
            "DELETE FROM inbox WHERE instance_id = @id AND generation >= 0 AND generation < @before",
            new { id, before }
        );
    }

    /// <summary>Takes an instance away that has ended; null when it runs, or another did so.</summary>
    public static ValueTask<InstanceRow?> TakeEndedAsync(this Tx tx, string id) =>
        tx.FindAsync<InstanceRow>(
            $"DELETE FROM instances WHERE id = @id AND completed_at IS NOT NULL RETURNING {HubStore.InstanceColumns}",
            new { id }
        );

    public static async ValueTask DropHistoryAsync(this Tx tx, string id) =>
        await tx.ExecuteAsync("DELETE FROM history WHERE instance_id = @id", new { id });

    /// <summary>One that was to begin later begins now, so that what was said to it is heard.</summary>
    public static async ValueTask BringForwardAsync(this Tx tx, InstanceRow instance) =>
        await tx.ExecuteAsync(
            """
            UPDATE inbox SET visible_at = @now
            WHERE instance_id = @Id AND generation = @Generation AND kind = 'ExecutionStarted' AND visible_at > @now
            """,
            new { instance.Id, instance.Generation }
        );

    /// <summary>One batch of what earlier generations left in the history.</summary>
    /// <returns>How many rows there were.</returns>
    public static ValueTask<int> DropOldHistoryAsync(this Tx tx, string id, int before) =>
        tx.ExecuteAsync(
            """
            DELETE FROM history WHERE instance_id = @id AND generation < @before AND seq > (
                SELECT MAX(seq) - @HistoryBatch FROM history WHERE instance_id = @id AND generation < @before)
            """,
            new
            {
                id,
                before,
                HistoryBatch,
            }
        );

    /// <summary>An instance that never ends does not keep the ids of all the mail it ever took.</summary>
    public static async ValueTask ForgetOldMailAsync(this Tx tx, string instance) =>
        await tx.ExecuteAsync(
            """
            DELETE FROM mailbox WHERE instance_id = @instance AND taken = 1 AND seq <= (
                SELECT seq FROM mailbox WHERE instance_id = @instance AND taken = 1
                ORDER BY seq DESC LIMIT 1 OFFSET @RememberedMail)
            """,
            new { instance, RememberedMail }
        );
}
