using System.Diagnostics;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Replay;

namespace Pipeline.Durable.Hub;

/// <summary>All that one turn writes, made ready before the transaction: history, tasks, timers, and the instance's row.</summary>
internal sealed class EpisodeCommit
{
    private readonly Turn turn;
    private readonly EngineParts parts;
    private readonly Activity? span;
    private readonly Stretch? first;
    private readonly PayloadBatch payloads;
    private bool ranOn;

    private EpisodeCommit(
        Turn turn,
        Stretch? first,
        EpisodeWrite write,
        Activity? span,
        PayloadBatch payloads,
        EngineParts parts
    )
    {
        this.payloads = payloads;
        (this.turn, this.first, this.span, this.parts) = (turn, first, span, parts);
        Write = write;
        Generation = first?.Result.Outcome?.NextInput is null ? null : new(turn, first.Result, new(), parts);
    }

    /// <summary>What is written on the instance's row, and below it the new history: that of the last run.</summary>
    public EpisodeWrite Write { get; private set; }

    /// <summary>New history, in order.</summary>
    public IReadOnlyList<HistoryEvent> Events { get; private set; } = [];

    /// <summary>The step that this commit begins with, of those that it does itself; null where there is none.</summary>
    public OwnStep? FirstStep => first?.Step;

    /// <summary>Null where nobody traces it.</summary>
    public Activity? Span => span;

    public required OwnSteps Steps { get; init; }

    /// <summary>Replays the turn once more, up to the end of its first stretch.</summary>
    private Func<EpisodeResult>? Replay { get; init; }

    private string? GivenUp { get; init; }

    /// <summary>Where the instance continues as new; null where it does not.</summary>
    public NextGeneration? Generation { get; }

    public InstanceRow Instance => turn.Instance;

    /// <exception cref="Fault">Unavailable when a new step has no handler here.</exception>
    public static EpisodeCommit Of(
        Turn turn,
        Func<EpisodeResult> replay,
        Activity? span,
        EngineParts parts,
        OwnSteps steps
    )
    {
        var result = replay();
        var large = new PayloadBatch();
        var begin = Stretch.Of(result, new Deeds(turn.Instance, span, large, parts), parts.Registry);
        return new(turn, begin, WriteOf(turn, result.Events.Count, result, large, parts), span, large, parts)
        {
            Events = [.. result.Events.Select(large.Keep)],
            Replay = replay,
            Steps = steps,
        };
    }

    /// <summary>Shows why the instance cannot go on; its news stays where it is.</summary>
    /// <param name="givenUp">Why it stands among the dead letters; null where it does not.</param>
    public static EpisodeCommit Parked(Turn turn, string blocked, string? givenUp, EngineParts parts, OwnSteps steps)
    {
        var row = turn.Instance;
        var write = new EpisodeWrite(row.NextSeq, InstanceStatus.Suspended, null, null, blocked, null)
        {
            Waits = row.Waits,
            Starts = givenUp is null ? 0 : row.Starts,
        };
        return new(turn, null, write, null, new(), parts) { GivenUp = givenUp, Steps = steps };
    }

    /// <summary>Whether it may be committed together with other turns: it locks no rows of other instances but by what its steps do.</summary>
    public bool GoesWithOthers => first is { MayFollow: true };

    /// <returns>False when the instance moved on meanwhile, and nothing was written.</returns>
    public async ValueTask<bool> RunAsync(Tx tx)
    {
        var held = Generation is null ? await tx.HoldAsync(Instance) : await Generation.RunAsync(tx);
        if (!held)
        {
            MovedOn(tx);
            return false;
        }
        if (first is null)
        {
            tx.Advance(Instance, Write);
            await BuryAsync(tx);
            return true;
        }
        if (Generation is null)
        {
            var writes = new TurnWrites();
            await DoAsync(tx, writes);
            writes.SendTo(tx);
        }
        await EndAsync(tx);
        return true;
    }

    public void MovedOn(Tx tx) => EngineSpans.EmitWith(tx, span, "the instance moved on meanwhile");

    /// <summary>What the turn asked for, in a transaction that holds the instance.</summary>
    public async ValueTask DoAsync(Tx tx, TurnWrites writes)
    {
        Steps.Begin();
        var large = new PayloadBatch();
        var events = first!.Result.Events.Select(payloads.Keep).ToList();
        var taken = first.Result.Taken.ToList();
        var last = first;
        foreach (var deed in first.Deeds)
            await deed(tx);
        while (last.Step is { } step && await Steps.DoAsync(tx, step) is { } result)
        {
            if (Follow(last, step.Task, result, large) is not { } next)
            {
                await parts.Answers.CompleteAsync(tx, step.Task, result);
                break;
            }
            last = next;
            events.AddRange(next.Result.Events.Select(large.Keep));
            taken.AddRange(next.Result.Taken);
            // More than one thing in one transaction may meet others' locks in another order than theirs.
            tx.WaitBriefly();
            foreach (var deed in next.Deeds)
                await deed(tx);
        }
        (Events, Write) = (events, WriteOf(turn, events.Count, last.Result, last == first ? payloads : large, parts));
        writes.Add(turn, Write, events, taken);
        await SavePayloadsAsync(tx, large, taken);
    }

    /// <summary>After the steps' rows, which who completes a step holds when it writes the result.</summary>
    private async ValueTask SavePayloadsAsync(Tx tx, PayloadBatch more, IReadOnlyCollection<long> taken)
    {
        await payloads.SaveAsync(tx, Instance.Id, Instance.Generation);
        await more.SaveAsync(tx, Instance.Id, Instance.Generation);
        await tx.StampPayloadsAsync(Instance.Id, turn.Taken(taken), Instance.Generation);
        await tx.DropReplacedAsync(Instance, Write.CustomStatus);
    }

    /// <summary>What goes with an instance that has ended, when its turn is written.</summary>
    public async ValueTask EndAsync(Tx tx)
    {
        if (Instance.Blocked is not null)
            tx.ForgetDeadLetter(DeadLetterKind.Turn, Instance.Id);
        if (Generation is null && Write.Ended)
            await parts.EndAsync(
                tx,
                Instance,
                Write,
                turn.HasCalled(Events),
                turn.HasLocked(Events),
                turn.HasOpenSteps(Events)
            );
        WaitSpans.EmitWith(tx, turn, Events, span);
        EngineSpans.EmitWith(tx, span);
    }

    /// <summary>The stretch after a step that this commit has done; null for one that is better left to the next turn.</summary>
    private Stretch? Follow(Stretch done, TaskRow step, string result, PayloadBatch large)
    {
        // A large result is written by its step, and read back by the next turn.
        if (!Steps.MayDoMore || Payload.IsLarge(result))
            return null;
        // The code has run on in an earlier run of this commit, and stands elsewhere.
        var from = done == first && ranOn ? Replay!() : done.Result;
        ranOn = true;
        try
        {
            var news = new HistoryEvent(
                HistoryKind.TaskCompleted,
                step.TaskId,
                $"{step.Attempt}",
                result,
                null,
                default
            );
            var next = from.GoOn(news, parts.Now);
            var stretch = Stretch.Of(next, new Deeds(Instance, span, large, parts), parts.Registry);
            return stretch.MayFollow ? stretch : null;
        }
        catch (Exception)
        {
            return null; // its own turn finds this again, and says what is wrong
        }
    }

    private static EpisodeWrite WriteOf(
        Turn turn,
        int events,
        EpisodeResult last,
        PayloadBatch large,
        EngineParts parts
    )
    {
        var fault = last.Outcome?.Fault;
        return new(
            turn.History.Count + events,
            last.Outcome?.Status ?? InstanceStatus.Running,
            last.Outcome?.Output is { } output ? large.Keep(output) : null,
            fault is null ? null : parts.Json.Write(fault),
            null,
            large.KeepStatus(last.CustomStatus, turn.Instance.CustomStatus)
        )
        {
            Waits = last.Outcome is null ? last.Waits : null,
        };
    }

    private async ValueTask BuryAsync(Tx tx)
    {
        if (GivenUp is null)
            return;
        await tx.BuryAsync(
            new()
            {
                Kind = DeadLetterKind.Turn,
                Subject = Instance.Id,
                InstanceId = Instance.Id,
                Name = Instance.Name,
                Fault = parts.Json.Write(new FaultDetails(FaultCode.Internal, GivenUp)),
            }
        );
        tx.OnCommitted(() => EngineMetrics.Buried(DeadLetterKind.Turn));
    }
}
