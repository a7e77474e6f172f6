using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>A named thing, a question beside a bell, a word, and another named thing.</summary>
public sealed record Venture(string Name) : IOrchestration<string>;

internal sealed class VentureOrchestrator : TaskOrchestrator<Venture, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(5);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Venture input)
    {
        await context.CallActivityAsync(new Take($"{input.Name} {context.NewGuid()}"));
        var bell = context.CreateTimer(TimeSpan.FromHours(1));
        var answer = context.CallActivityAsync(new Ask(input.Name));
        var word = await context.WaitForExternalEvent<string>("word");
        var got = await answer;
        await context.CallActivityAsync(new Take($"{input.Name} {context.NewGuid()}"));
        await bell;
        return $"{word} {got}";
    }
}

/// <summary>Does without the first answer, but not without the second.</summary>
public sealed record Fallback(string First, string Second) : IOrchestration<string>;

internal sealed class FallbackOrchestrator : TaskOrchestrator<Fallback, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override TimeSpan? RetentionOf(string status) =>
        status == InstanceStatus.Completed ? TimeSpan.FromHours(9) : null;

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Fallback input)
    {
        try
        {
            return await context.CallActivityAsync(new Ask(input.First));
        }
        catch (Fault)
        {
            await context.CallActivityAsync(new Take("instead"));
        }
        return await context.CallActivityAsync(new Ask(input.Second));
    }
}
