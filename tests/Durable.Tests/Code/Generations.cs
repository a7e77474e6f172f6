using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

// Orchestrations that continue as new.

/// <summary>A step a generation, and an id of its own in each.</summary>
public sealed record Countdown(int Left, string Ids = "") : IOrchestration<string>
{
    public string Resource => "counter";
}

internal sealed class CountdownOrchestrator : TaskOrchestrator<Countdown, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Countdown input)
    {
        await context.CallActivityAsync(new Take($"{input.Left}"));
        var ids = $"{input.Ids} {context.NewGuid()}".Trim();
        if (input.Left > 1)
            context.ContinueAsNew(new Countdown(input.Left - 1, ids));
        context.SetCustomStatus(input.Left);
        return ids;
    }
}

/// <summary>A letter a generation.</summary>
public sealed record Collect(int Most, string Letters = "") : IOrchestration<string>;

internal sealed class CollectOrchestrator : TaskOrchestrator<Collect, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Collect input)
    {
        // A wait that is still open when the generation ends: it takes nothing from the next one.
        var other = context.WaitForExternalEvent<string>("letter");
        var first = await other;
        _ = context.WaitForExternalEvent<string>("letter");
        var all = $"{input.Letters} {first}".Trim();
        if (all.Split(' ').Length < input.Most)
            context.ContinueAsNew(new Collect(input.Most, all));
        return all;
    }
}

/// <summary>Generations that await nothing.</summary>
public sealed record Spin(int Left) : IOrchestration<Done>;

internal sealed class SpinOrchestrator : TaskOrchestrator<Spin, Done>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override Task<Done> RunAsync(TaskOrchestrationContext context, Spin input)
    {
        if (input.Left != 0)
            context.ContinueAsNew(new Spin(input.Left - 1));
        return Task.FromResult(Done.Instance);
    }
}

/// <summary>Leaves a local step, a host's step and a timer open when it is told to continue.</summary>
public sealed record Restless(HostId Host, bool Again = false) : IOrchestration<string>
{
    public string Resource => "restless";
}

internal sealed class RestlessOrchestrator : TaskOrchestrator<Restless, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Restless input)
    {
        if (input.Again)
        {
            await context.CallActivityAsync(new Ensure(input.Host, "second"));
            return "over";
        }
        _ = context.CallActivityAsync(new Ask("slow"));
        _ = context.CallActivityAsync(new Ensure(input.Host, "first"));
        _ = context.CreateTimer(TimeSpan.FromMinutes(30));
        await context.WaitForExternalEvent<string>("again");
        context.ContinueAsNew(input with { Again = true });
        return "";
    }
}

/// <summary>Naps of a given length, each a generation, and never a reason to end.</summary>
public sealed record Watch(TimeSpan Every, int Round = 0) : IOrchestration<int>;

internal sealed class WatchOrchestrator : TaskOrchestrator<Watch, int>
{
    public override TimeSpan Deadline => TimeSpan.FromSeconds(30);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Watch input)
    {
        context.SetCustomStatus(input.Round);
        await context.CreateTimer(input.Every);
        context.ContinueAsNew(input with { Round = input.Round + 1 });
        return 0;
    }
}

/// <summary>Continues with another's input.</summary>
public sealed record Astray : IOrchestration<Done>;

internal sealed class AstrayOrchestrator : TaskOrchestrator<Astray, Done>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override Task<Done> RunAsync(TaskOrchestrationContext context, Astray input)
    {
        context.ContinueAsNew(new Spin(1));
        return Task.FromResult(Done.Instance);
    }
}

/// <summary>A generation with a history of many batches, then a short one.</summary>
public sealed record Verbose(int Width) : IOrchestration<int>;

internal sealed class VerboseOrchestrator : TaskOrchestrator<Verbose, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Verbose input)
    {
        var all = Enumerable.Range(0, input.Width).Select(i => context.CallActivityAsync(new Show($"{i}")));
        await Task.WhenAll(all);
        if (input.Width > 1)
            context.ContinueAsNew(new Verbose(1));
        return input.Width;
    }
}

/// <summary>Leaves the counting to another, which continues as new.</summary>
public sealed record Delegation(int From) : IOrchestration<string>;

internal sealed class DelegationOrchestrator : TaskOrchestrator<Delegation, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override Task<string> RunAsync(TaskOrchestrationContext context, Delegation input) =>
        context.CallSubOrchestratorAsync(new Countdown(input.From), new SubOrchestrationOptions("counting"));
}
