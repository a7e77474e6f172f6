using System.Diagnostics;
using Pipeline.Contracts;

namespace Pipeline.Data.Sqlite;

/// <summary>One decision that waits for the group commit, and then for being told.</summary>
internal abstract class PendingWrite(Activity? span) : IThreadPoolWorkItem
{
    /// <summary>The write as its trace sees it.</summary>
    public Activity? Span => span;

    /// <exception cref="InvalidOperationException">The decision awaited something other than its transaction.</exception>
    public abstract void Decide(SqliteTx tx);

    /// <summary>Nothing was written, for this reason.</summary>
    public abstract void Refuse(Exception reason);

    /// <summary>Gives the hints and answers the writer.</summary>
    public abstract void Execute();
}

internal sealed class PendingWrite<T>(Func<Tx, ValueTask<T>> decide, ExecutionContext? caller, Activity? span)
    : PendingWrite(span)
{
    // Completed by the commit loop's Tell, which is where continuations may run.
    private readonly TaskCompletionSource<T> answer = new();
    private Exception? refusal;
    private SqliteTx? last;
    private T? result;

    public Task<T> Answer => answer.Task;

    public override void Decide(SqliteTx tx)
    {
        refusal = null;
        last = tx;
        // Under the caller's context, so that spans and log scopes are the caller's.
        if (caller is null)
            Run();
        else
            ExecutionContext.Run(caller, static self => ((PendingWrite<T>)self!).Run(), this);
    }

    public override void Refuse(Exception reason) => refusal = reason;

    public override void Execute()
    {
        if (refusal is null)
            foreach (var hint in last!.Committed)
                Give(hint);
        EndSpan();
        if (refusal is null)
            answer.TrySetResult(result!);
        else
            answer.TrySetException(refusal);
    }

    private void EndSpan()
    {
        if (Span is null || refusal is ProcessDiedException)
            return;
        if (refusal is not null and not Fault)
            Span.SetStatus(ActivityStatusCode.Error, refusal.Message);
        Span.Stop();
        Activity.Current = null; // stopping it made its writer current, whose flow is another
    }

    private static void Give(Action hint)
    {
        try
        {
            hint();
        }
        catch (Exception)
        {
            // A hint may be lost: whom it was for looks again by itself, and the commit stands.
        }
    }

    private void Run()
    {
        var work = decide(last!);
        result = work.IsCompleted ? work.GetAwaiter().GetResult() : throw SqliteTx.Waited();
    }
}
