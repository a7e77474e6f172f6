using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>A step, an event, a step.</summary>
public sealed record Parcel(string Thing) : IOrchestration<string>;

internal sealed class ParcelOrchestrator : TaskOrchestrator<Parcel, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Parcel input)
    {
        await context.CallActivityAsync(new Take(input.Thing));
        var word = await context.WaitForExternalEvent<string>("word");
        await context.CallActivityAsync(new GiveBack(input.Thing));
        return word;
    }
}
