using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Finds what kills processes, at no cost to what does not: only what a process finds left over when it begins, or takes over,
/// is counted before it is begun. Those that were counted before are begun one at a time, the least suspicious first: where
/// processes die of something else, that does not hit the same one each time.
/// </summary>
internal sealed class Poison
{
    private readonly Suspects suspects;
    private readonly Database db;
    private readonly EngineParts parts;
    private readonly int most;
    private readonly TimeProvider time;
    private long since;

    /// <param name="most">How many deaths there may be of one step or turn.</param>
    public Poison(Database db, EngineParts parts, int most, TimeProvider time)
    {
        (this.db, this.parts, this.most, this.time) = (db, parts, most, time);
        suspects = new(time);
    }

    /// <summary>From now on, what was due before may have been begun by a process that died.</summary>
    public void TookOver() => Volatile.Write(ref since, Time.ToMicroseconds(time.GetUtcNow()));

    /// <summary>True for a turn that was given up, until an operator's word.</summary>
    public bool IsGivenUp(InstanceRow row) => row.Starts >= most && row.Blocked is not null;

    /// <returns>Disposed when the step has ended; null when it may not begin now.</returns>
    public async Task<IDisposable?> BeginAsync(TaskRow task)
    {
        if (!IsLeftOver(task.DueAt))
            return Free.Instance;
        if (task.Starts >= most)
        {
            await db.WriteAsync(tx => GiveUpAsync(tx, task));
            return null;
        }
        var turn =
            task.Starts == 0
                ? Free.Instance
                : suspects.TryEnter(task.Key.ToString(), () => parts.WakeTask(task.Key, task.Kind));
        if (turn is not null && await db.WriteAsync(tx => tx.CountStartAsync(task)))
            return turn;
        turn?.Dispose();
        return null;
    }

    /// <summary>It was stopped in good order, so its begin does not count.</summary>
    public async Task LivedAsync(TaskRow task)
    {
        if (IsLeftOver(task.DueAt))
            await db.WriteAsync(tx => tx.UncountStartAsync(task));
    }

    /// <summary>The turn was not written, but nobody died of it.</summary>
    public async Task LivedAsync(Turn turn)
    {
        if (IsLeftOver(turn))
            await db.WriteAsync(tx => tx.UncountStartAsync(turn.Instance));
    }

    /// <returns>Disposed when the turn has ended; null when it may not begin now.</returns>
    /// <exception cref="PoisonException">It has killed enough processes.</exception>
    public async Task<IDisposable?> BeginAsync(Turn turn)
    {
        var row = turn.Instance;
        if (!IsLeftOver(turn))
            return Free.Instance;
        if (row.Starts >= most)
            throw new PoisonException($"{row.Starts} functions hosts died in this turn");
        var mine = row.Starts == 0 ? Free.Instance : suspects.TryEnter(row.Id, () => parts.Wake(row.Id));
        if (mine is not null && await db.WriteAsync(tx => tx.CountStartAsync(row)))
            return mine;
        mine?.Dispose();
        return null;
    }

    private bool IsLeftOver(Turn turn) => turn.Inbox.Any(i => IsLeftOver(i.VisibleAt));

    private bool IsLeftOver(DateTimeOffset due) => Time.ToMicroseconds(due) <= Volatile.Read(ref since);

    /// <summary>Whatever its retries: the next try would kill the next process.</summary>
    private async ValueTask GiveUpAsync(Tx tx, TaskRow task)
    {
        if (await tx.TakeTaskAsync(task.Key, evenCancelled: true) is not { } taken)
            return;
        var fault = parts.Json.Write(
            new FaultDetails(FaultCode.Internal, $"{task.Name} was given up: {task.Starts} functions hosts died of it")
        );
        tx.AddInbox(taken.Key, HistoryKind.TaskFailed, $"{taken.Attempt}", fault, tx.Now);
        await tx.BuryAsync(
            new()
            {
                Kind = DeadLetterKind.Step,
                Subject = taken.Key.ToString(),
                InstanceId = taken.InstanceId,
                Name = taken.Name,
                Body = parts.Json.Write(taken),
                Fault = fault,
            }
        );
        tx.OnCommitted(() =>
        {
            EngineMetrics.Buried(DeadLetterKind.Step);
            parts.Wake(taken.InstanceId);
        });
    }

    /// <summary>The turn of what is under no suspicion.</summary>
    private sealed class Free : IDisposable
    {
        public static readonly Free Instance = new();

        public void Dispose() { }
    }
}

/// <summary>A turn that is not to be tried again.</summary>
internal sealed class PoisonException(string message, Exception? cause = null) : Exception(message, cause);
