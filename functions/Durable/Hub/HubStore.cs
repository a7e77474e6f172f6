using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The engine's SQL: instances, history, inbox, mailbox, tasks.</summary>
internal static class HubStore
{
    public const string Nudge = "Nudge";

    /// <summary>News for an instance as such, whatever its generation: none is lost while it continues as new.</summary>
    public const int AnyGeneration = -1;

    /// <summary>News of one turn; what is left is read by the next one.</summary>
    public const int InboxBatch = 500;

    public const string InstanceColumns = """
        id, name, version, generation, status, input, output, fault, custom_status, blocked, resource, epoch,
        project_id, request_id, trace_parent, next_seq, created_at, updated_at, deadline_at, completed_at, owner,
        suspended, starts, waits, parent_id, parent_generation, parent_task, shares_lock, detached, tags, start_at
        """;

    public static ValueTask<InstanceRow?> FindInstanceAsync(this Tx tx, string id) =>
        tx.FindAsync<InstanceRow>($"SELECT {InstanceColumns} FROM instances WHERE id = @id", new { id });

    public static ValueTask<IReadOnlyList<InstanceRow>> ListInstancesAsync(this Tx tx, string resource) =>
        tx.ListAsync<InstanceRow>(
            $"SELECT {InstanceColumns} FROM instances WHERE resource = @resource ORDER BY created_at, id",
            new { resource }
        );

    public static ValueTask<IReadOnlyList<string>> ListOperatedAsync(
        this Tx tx,
        IReadOnlyCollection<string> resources,
        DateTimeOffset since
    ) =>
        tx.ListAsync<string>(
            """
            SELECT DISTINCT resource FROM instances
            WHERE resource IN @resources AND (completed_at IS NULL OR completed_at >= @since)
            """,
            new { resources, since }
        );

    /// <returns>False when an instance of this id exists.</returns>
    public static async ValueTask<bool> AddInstanceAsync(this Tx tx, InstanceRow row) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO instances (id, name, version, generation, status, input, resource, epoch, project_id, request_id,
                trace_parent, next_seq, created_at, updated_at, deadline_at, owner, parent_id, parent_generation, parent_task,
                shares_lock, detached, tags, start_at)
            VALUES (@Id, @Name, @Version, @Generation, @Status, @Input, @Resource, @Epoch, @ProjectId, @RequestId,
                @TraceParent, 0, @now, @now, @DeadlineAt, @Owner, @ParentId, @ParentGeneration, @ParentTask,
                @SharesLock, @Detached, @Tags, @StartAt)
            ON CONFLICT (id) DO NOTHING
            """,
            row
        ) == 1;

    /// <summary>An instance that waited for its resource gets it: its fence, and its deadline from now on.</summary>
    public static async ValueTask SetEpochAsync(this Tx tx, string id, long epoch, DateTimeOffset deadline) =>
        await tx.ExecuteAsync(
            "UPDATE instances SET epoch = @epoch, deadline_at = @deadline, updated_at = @now WHERE id = @id",
            new
            {
                id,
                epoch,
                deadline,
            }
        );

    /// <summary>From here to its end, the transaction alone changes the instance.</summary>
    /// <returns>False when the instance moved on since it was read, or has another owner now.</returns>
    public static async ValueTask<bool> HoldAsync(this Tx tx, InstanceRow read) =>
        await tx.ScalarAsync<int?>(
            """
            SELECT 1 FROM instances WHERE id = @Id AND generation = @Generation AND next_seq = @NextSeq AND owner = @Owner
            FOR UPDATE
            """,
            read
        )
            is not null;

    /// <summary>The same for several, in the order of their ids, so that no two transactions wait for each other.</summary>
    /// <returns>The ids of those that did not move on.</returns>
    public static async ValueTask<IReadOnlySet<string>> HoldAllAsync(this Tx tx, IReadOnlyList<InstanceRow> read)
    {
        var stand = await tx.ListAsync<InstanceRow>(
            "SELECT id, generation, next_seq, owner FROM instances WHERE id IN @ids ORDER BY id FOR UPDATE",
            new { ids = read.Select(r => r.Id).ToArray() }
        );
        return stand
            .Where(now =>
                read.Any(r =>
                    (r.Id, r.Generation, r.NextSeq, r.Owner) == (now.Id, now.Generation, now.NextSeq, now.Owner)
                )
            )
            .Select(now => now.Id)
            .ToHashSet();
    }

    /// <param name="held">The instance, by the same transaction.</param>
    public static void Advance(this Tx tx, InstanceRow held, EpisodeWrite write) =>
        tx.Send(
            """
            UPDATE instances SET status = @Status, output = @Output, fault = @Fault, blocked = @Blocked, starts = @Starts,
                custom_status = COALESCE(@CustomStatus, custom_status), waits = @Waits, next_seq = @NextSeq,
                updated_at = @now,
                completed_at = CASE WHEN @Ended = 1 THEN @now ELSE NULL END
            WHERE id = @Id
            """,
            new
            {
                held.Id,
                write.NextSeq,
                write.Status,
                write.Output,
                write.Fault,
                write.Blocked,
                write.CustomStatus,
                write.Starts,
                write.Waits,
                Ended = write.Ended ? 1 : 0,
            }
        );

    public static void AddHistory(this Tx tx, InstanceRow instance, int seq, IEnumerable<HistoryEvent> items) =>
        tx.AddHistory([.. items.Select(item => new NewHistory(instance, seq++, item))]);

    public static void AddHistory(this Tx tx, IReadOnlyList<NewHistory> rows) =>
        tx.SendRows(
            """
            INSERT INTO history (instance_id, generation, seq, kind, task_id, name, data, hash, at)
            VALUES (@Id, @Generation, @Seq, @Kind, @TaskId, @Name, @Data, @Hash, @At)
            """,
            rows
        );

    public static ValueTask<IReadOnlyList<HistoryRow>> ListHistoryAsync(this Tx tx, InstanceRow instance, int from) =>
        tx.ListAsync<HistoryRow>(
            """
            SELECT seq, kind, task_id, name, data, hash, at FROM history
            WHERE instance_id = @Id AND generation = @Generation AND seq >= @from ORDER BY seq
            """,
            new
            {
                instance.Id,
                instance.Generation,
                from,
            }
        );

    /// <summary>News for an instance; a second one of the same task and kind is dropped.</summary>
    public static void AddInbox(
        this Tx tx,
        TaskKey key,
        HistoryKind kind,
        string? name,
        string? data,
        DateTimeOffset visibleAt
    ) =>
        tx.Send(
            """
            INSERT INTO inbox (instance_id, generation, kind, task_id, name, data, visible_at)
            VALUES (@InstanceId, @Generation, @kind, @TaskId, @name, @data, @visibleAt)
            ON CONFLICT (instance_id, generation, task_id, kind) DO NOTHING
            """,
            new
            {
                key.InstanceId,
                key.Generation,
                key.TaskId,
                kind = kind.ToString(),
                name,
                data,
                visibleAt,
            }
        );

    /// <summary>News that is due, of several instances, oldest first, at most so much.</summary>
    public static Asked<InboxRow> AskInbox(this Tx tx, IReadOnlyCollection<string> ids, int limit) =>
        tx.Ask<InboxRow>(
            """
            SELECT inbox.instance_id, inbox.seq, inbox.kind, inbox.task_id, inbox.name, inbox.data, inbox.visible_at FROM inbox
            JOIN instances ON instances.id = inbox.instance_id AND inbox.generation IN (instances.generation, -1)
            WHERE inbox.instance_id IN @ids AND inbox.visible_at <= @now
            ORDER BY inbox.seq LIMIT @limit
            """,
            new { ids, limit }
        );

    public static void DeleteInbox(this Tx tx, IReadOnlyCollection<long> read)
    {
        if (read.Count > 0)
            tx.Send("DELETE FROM inbox WHERE seq IN @read", new { read });
    }

    public static async ValueTask DeleteTimerAsync(this Tx tx, TaskKey timer) =>
        await tx.ExecuteAsync(
            """
            DELETE FROM inbox WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId
                AND kind = 'TimerFired'
            """,
            new
            {
                timer.InstanceId,
                timer.Generation,
                timer.TaskId,
            }
        );

    public static Asked<MailRow> AskMail(this Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Ask<MailRow>(
            "SELECT instance_id, seq, name, data FROM mailbox WHERE instance_id IN @ids AND taken = 0 ORDER BY seq",
            new { ids }
        );

    public static Asked<InstanceRow> AskInstances(this Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Ask<InstanceRow>($"SELECT {InstanceColumns} FROM instances WHERE id IN @ids ORDER BY id", new { ids });

    /// <summary>
    /// Mail, and a word to its instance to look at it. Mail of an id that is known already is dropped, also when the first
    /// was taken long ago.
    /// </summary>
    /// <returns>False when it is known.</returns>
    public static async ValueTask<bool> AddMailAsync(
        this Tx tx,
        string instance,
        string name,
        string data,
        string eventId
    )
    {
        var seq = await tx.ScalarAsync<long?>(
            """
            INSERT INTO mailbox (instance_id, name, data, event_id, taken) VALUES (@instance, @name, @data, @eventId, 0)
            ON CONFLICT (instance_id, event_id) DO NOTHING RETURNING seq
            """,
            new
            {
                instance,
                name,
                data,
                eventId,
            }
        );
        if (seq is null)
            return false;
        // A row of its own for each, since a turn deletes only the rows it read.
        await tx.ExecuteAsync(
            """
            INSERT INTO inbox (instance_id, generation, kind, task_id, visible_at)
            SELECT id, @AnyGeneration, @Nudge, @number, @now FROM instances WHERE id = @instance
            ON CONFLICT (instance_id, generation, task_id, kind) DO NOTHING
            """,
            new
            {
                instance,
                Nudge,
                AnyGeneration,
                number = (int)(seq % int.MaxValue),
            }
        );
        return true;
    }

    public static void TakeMail(this Tx tx, IReadOnlyCollection<long> taken)
    {
        if (taken.Count > 0)
            tx.Send("UPDATE mailbox SET taken = 1, data = '' WHERE seq IN @taken", new { taken });
    }

    /// <summary>An ended instance waits for nothing: its timers and unread news go.</summary>
    public static void DropWaits(this Tx tx, string instance)
    {
        tx.Send("DELETE FROM inbox WHERE instance_id = @instance", new { instance });
        tx.Send("DELETE FROM mailbox WHERE instance_id = @instance", new { instance });
    }

    /// <summary>
    /// The same, of one that was seen ended: what a new one of its id, or one that was rewound, waits for by now stays. Each
    /// statement looks and deletes in one snapshot.
    /// </summary>
    public static async ValueTask DropWaitsOfEndedAsync(this Tx tx, string instance)
    {
        foreach (var table in new[] { "inbox", "mailbox" })
            await tx.ExecuteAsync(
                $"""
                DELETE FROM {table} WHERE instance_id = @instance
                    AND EXISTS (SELECT 1 FROM instances WHERE id = @instance AND completed_at IS NOT NULL)
                """,
                new { instance }
            );
    }

    /// <summary>An owner's instances with news that is due, and when the next news will be.</summary>
    /// <param name="parkedBefore">Parked instances are looked at again only when they last were before this time.</param>
    public static async ValueTask<(IReadOnlyList<string> Due, DateTimeOffset? Next)> ListDueAsync(
        this Tx tx,
        string owner,
        DateTimeOffset parkedBefore,
        int limit
    )
    {
        var due = await tx.ListAsync<string>(
            """
            SELECT inbox.instance_id FROM inbox
            JOIN instances ON instances.id = inbox.instance_id
                AND (instances.generation = inbox.generation OR inbox.generation = -1)
            WHERE inbox.visible_at <= @now AND instances.owner = @owner AND instances.suspended IS NULL
                AND (instances.blocked IS NULL OR instances.updated_at <= @parkedBefore)
            GROUP BY instances.starts, inbox.instance_id ORDER BY instances.starts, inbox.instance_id LIMIT @limit
            """,
            new
            {
                owner,
                parkedBefore,
                limit,
            }
        );
        var next = await tx.ScalarAsync<long?>("SELECT MIN(visible_at) FROM inbox WHERE visible_at > @now");
        return (due, next is null ? null : Time.FromMicroseconds(next.Value));
    }
}
