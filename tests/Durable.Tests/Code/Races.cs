using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>Asks two at once, takes the first answer, and cancels the other: here, or on a host.</summary>
public sealed record Race(HostId? Host = null, bool Early = false) : IOrchestration<string>;

internal sealed class RaceOrchestrator : TaskOrchestrator<Race, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Race input)
    {
        using var over = new CancellationTokenSource();
        if (input.Early)
            over.Cancel();
        Task loser = input.Host is { } host
            ? context.CallActivityAsync(new Ensure(host, "slow"), null, over.Token)
            : context.CallActivityAsync(new Ask("slow"), null, over.Token);
        var winner = context.CallActivityAsync(new Ask("fast"));
        await Task.WhenAny(loser, winner);
        over.Cancel();
        try
        {
            await loser;
            return "both";
        }
        catch (Fault fault)
        {
            return $"{await winner}, {fault.Code}";
        }
    }
}
