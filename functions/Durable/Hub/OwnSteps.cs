using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// The steps that a turn does in its own commit, one after the other: none costs a transaction, a task's row or news of its own.
/// When one throws, nothing of the commit stands; it is run again, and then that step is scheduled as one whose first try failed.
/// </summary>
internal sealed class OwnSteps(EngineParts parts, StepFaults faults, bool oneByOne)
{
    /// <summary>So many in one commit, at most: others wait for their turn, and for the rows that it has locked.</summary>
    public const int Most = 16;

    private const int Tries = 5;
    private readonly List<TaskRow> done = [];
    private readonly HashSet<int> passed = [];
    private int most = oneByOne ? 1 : Most;
    private int tries;
    private OwnStep? current;
    private TaskRow? awaited;
    private (TaskRow Task, FaultDetails Fault)? failed;

    /// <summary>Those of the last run.</summary>
    public IReadOnlyList<TaskRow> Done => done;

    public bool MayDoMore => done.Count < most;

    /// <summary>A run of the commit begins.</summary>
    public void Begin()
    {
        done.Clear();
        (current, awaited) = (null, null);
    }

    /// <summary>Before the commit, what need not be done in it.</summary>
    public async Task MeetAsync(OwnStep? first)
    {
        if (first is null || !passed.Add(first.Task.TaskId))
            return;
        try
        {
            await parts.Probe(EnginePoint.BeforeStep, first.Task.InstanceId, first.Task.Name);
        }
        catch (Exception e) when (e is not ProcessDiedException)
        {
            failed = (first.Task, faults.Describe(first.Task, e));
        }
    }

    /// <returns>Its result; null when it has failed, and is planned again or ended as any other step would be.</returns>
    public async ValueTask<string?> DoAsync(Tx tx, OwnStep step)
    {
        current = step;
        var doing = EngineSpans.OwnStep(step.Task);
        if (FaultOf(step.Task) is { } fault)
        {
            EngineSpans.EmitWith(tx, doing, fault.Message);
            current = null;
            tx.AddTask(step.Task);
            await parts.Answers.FailAsync(tx, step.Task, fault);
            return null;
        }
        EngineSpans.EmitWith(tx, doing);
        Pass(step.Task);
        var result = await step.Handler.RunAsync(tx, step.Prepared);
        Payload.AssertFits(result, $"the result of {step.Task.Name}");
        current = null;
        done.Add(step.Task);
        return result;
    }

    /// <returns>True when the commit is to be run again: it is known now which step is to blame, or how far to go.</returns>
    public async Task<bool> TryAgainAsync(Exception thrown)
    {
        var (step, blamed) = (awaited, current);
        (awaited, current) = (null, null); // the next run may not even begin
        if (step is not null)
            try
            {
                await parts.Probe(EnginePoint.BeforeStep, step.InstanceId, step.Name);
                return true;
            }
            catch (Exception e) when (e is not ProcessDiedException)
            {
                thrown = e;
            }
        if (thrown is ContendedException)
        {
            most = Math.Max(1, done.Count - 1);
            return ++tries < Tries;
        }
        if (blamed is null || ++tries == Tries)
            return false;
        failed = (blamed.Task, faults.Describe(blamed.Task, thrown));
        return true;
    }

    public async Task TellAsync()
    {
        foreach (var step in done)
            await parts.Probe(EnginePoint.AfterStep, step.InstanceId, step.Name);
    }

    /// <summary>Steps before it are done anew in each run, and may have led to another one.</summary>
    private FaultDetails? FaultOf(TaskRow step) =>
        failed is { } known
        && known.Task.TaskId == step.TaskId
        && (known.Task.Name, known.Task.Input) == (step.Name, step.Input)
            ? known.Fault
            : null;

    /// <summary>Who looks in may take their time, write, and kill: all that outside the transaction, which then begins anew.</summary>
    private void Pass(TaskRow step)
    {
        if (!parts.IsProbed || !passed.Add(step.TaskId))
            return;
        awaited = step;
        throw new OperationCanceledException("who looks in at this step is waited for");
    }
}
