using System.Text.Json.Serialization;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Benchmarks.Engine;

/// <summary>Steps one after the other, each in the database's transaction or in this process.</summary>
public sealed record Chain(int Steps, bool Local) : IOrchestration<int>;

internal sealed class ChainOrchestrator : TaskOrchestrator<Chain, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Chain input)
    {
        var sum = 0;
        for (var i = 0; i < input.Steps; i++)
            sum += input.Local
                ? await context.CallActivityAsync(new Compute(i))
                : await context.CallActivityAsync(new Note(context.InstanceId, i));
        return sum;
    }
}

/// <summary>Steps all at once.</summary>
public sealed record Fan(int Width) : IOrchestration<int>;

internal sealed class FanOrchestrator : TaskOrchestrator<Fan, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Fan input)
    {
        var steps = Enumerable.Range(0, input.Width).Select(i => context.CallActivityAsync(new Compute(i)));
        return (await Task.WhenAll(steps.ToList())).Length;
    }
}

/// <summary>One step that tells when it begins.</summary>
public sealed record Greeting(int Number) : IOrchestration<int>;

internal sealed class GreetingOrchestrator : TaskOrchestrator<Greeting, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override Task<int> RunAsync(TaskOrchestrationContext context, Greeting input) =>
        context.CallActivityAsync(new Greet(input.Number));
}

/// <summary>Sleeps until a time, and tells when it woke.</summary>
public sealed record Sleep(int Number, DateTimeOffset Until) : IOrchestration<int>;

internal sealed class SleepOrchestrator : TaskOrchestrator<Sleep, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Sleep input)
    {
        await context.CreateTimer(input.Until);
        return await context.CallActivityAsync(new Greet(input.Number));
    }
}

/// <summary>Waits for what never comes.</summary>
public sealed record Wait : IOrchestration<int>;

internal sealed class WaitOrchestrator : TaskOrchestrator<Wait, int>
{
    public override TimeSpan Deadline => TimeSpan.FromDays(1);

    public override Task<int> RunAsync(TaskOrchestrationContext context, Wait input) =>
        context.WaitForExternalEvent<int>("never");
}

/// <summary>Writes one row.</summary>
public sealed record Note(string Instance, int Number) : IActivity<int>;

internal sealed class NoteHandler : ITransactionalActivity<Note, int>
{
    public async ValueTask<int> RunAsync(Tx tx, Note step) =>
        await tx.ExecuteAsync("INSERT INTO notes (instance, number) VALUES (@Instance, @Number)", step);
}

/// <summary>Does next to nothing, outside the database.</summary>
public sealed record Compute(int Number) : IActivity<int>;

internal sealed class ComputeHandler : ILocalActivity<Compute, int>
{
    public Task<int> RunAsync(Compute step, CancellationToken ct) => Task.FromResult(step.Number + 1);
}

public sealed record Greet(int Number) : IActivity<int>;

internal sealed class GreetHandler(Moments moments) : ILocalActivity<Greet, int>
{
    public Task<int> RunAsync(Greet step, CancellationToken ct)
    {
        moments.Tell(step.Number);
        return Task.FromResult(step.Number);
    }
}

/// <summary>When the steps began, by their numbers.</summary>
internal sealed class Moments(TimeProvider time)
{
    private readonly DateTimeOffset[] told = new DateTimeOffset[10_000];

    public DateTimeOffset this[int number] => told[number];

    public void Tell(int number) => told[number] = time.GetUtcNow();
}

[JsonSerializable(typeof(Chain))]
[JsonSerializable(typeof(Fan))]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(Sleep))]
[JsonSerializable(typeof(Wait))]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Compute))]
[JsonSerializable(typeof(Greet))]
[JsonSerializable(typeof(int))]
internal sealed partial class HubJson : JsonSerializerContext;
