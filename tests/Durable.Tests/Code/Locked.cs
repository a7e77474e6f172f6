using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>Holds names for a while. What it takes under them cannot be taken twice, so that two at once would show.</summary>
public sealed record Locked(
    string Who,
    IReadOnlyList<string> Names,
    string How = "",
    TimeSpan Hold = default,
    bool Again = false
) : IOrchestration<string>;

internal sealed class LockedOrchestrator : TaskOrchestrator<Locked, string>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Locked input)
    {
        if (input.Again)
            await context.WaitForExternalEvent<string>("go");
        await using (await context.LockAsync(input.Names))
        {
            await Task.WhenAll(input.Names.Distinct().Select(n => context.CallActivityAsync(new Take(n))));
            await context.CallActivityAsync(new Show(input.Who));
            if (input.How == "nested")
                await context.LockAsync("other");
            if (input.How is "wait" or "continue" or "fail")
                await context.WaitForExternalEvent<string>("go");
            if (input.Hold > TimeSpan.Zero)
                await context.CreateTimer(input.Hold);
            await Task.WhenAll(input.Names.Distinct().Select(n => context.CallActivityAsync(new GiveBack(n))));
            if (input.How == "fail")
                throw new Fault(FaultCode.DiskFull, "full");
            if (input.How == "continue")
            {
                context.ContinueAsNew(input with { Again = true, How = "" });
                return "";
            }
        }
        // Free again, and so is the next lock.
        await using var other = await context.LockAsync($"{input.Who}'s own");
        return other.Names.Single();
    }
}

/// <summary>Gives up waiting when a timer fires.</summary>
public sealed record Impatient(string Name) : IOrchestration<string>;

internal sealed class ImpatientOrchestrator : TaskOrchestrator<Impatient, string>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Impatient input)
    {
        using var over = new CancellationTokenSource();
        var taken = context.LockAsync([input.Name], over.Token);
        var bell = context.CreateTimer(TimeSpan.FromMilliseconds(50));
        if (await Task.WhenAny(taken, bell) == taken)
            return "taken";
        over.Cancel();
        await using var instead = await context.LockAsync("instead");
        return "given up";
    }
}

/// <summary>A saga under a lock; its undo takes place under it too.</summary>
public sealed record Guarded(string Who, string How = "") : IOrchestration<Done>;

internal sealed class GuardedOrchestrator : SagaOrchestrator<Guarded>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    protected override async Task RunAsync(Saga saga, Guarded order)
    {
        await saga.LockAsync("guard");
        await saga.DoAsync(new Take("guarded"), undo: new GiveBack("guarded"));
        if (order.How == "wait")
            await saga.WaitForExternalEvent<string>("go");
        throw new Fault(FaultCode.DiskFull, order.Who);
    }
}
