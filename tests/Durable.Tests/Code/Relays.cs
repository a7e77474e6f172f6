using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>Calls itself down to the depth, where a question is asked after so many generations; calls again when that fails.</summary>
public sealed record Relay(string Text, int Depth, int Tries = 1, int Laps = 0) : IOrchestration<string>;

internal sealed class RelayOrchestrator : TaskOrchestrator<Relay, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Relay input)
    {
        if (input is { Depth: 0, Laps: > 0 })
        {
            context.ContinueAsNew(input with { Text = "never asked" });
            context.ContinueAsNew(input with { Laps = input.Laps - 1 }); // the last call counts
            return "";
        }
        for (var left = input.Tries - 1; ; left--)
            try
            {
                return input.Depth == 0
                    ? await context.CallActivityAsync(new Ask(input.Text))
                    : await context.CallSubOrchestratorAsync(input with { Depth = input.Depth - 1, Tries = 1 });
            }
            catch (Fault) when (left > 0)
            {
                await context.CreateTimer(TimeSpan.FromMilliseconds(20));
            }
    }
}

/// <summary>Relays side by side, and when all are back as many again.</summary>
public sealed record Swarm(int Width, int Rounds) : IOrchestration<int>;

internal sealed class SwarmOrchestrator : TaskOrchestrator<Swarm, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Swarm input)
    {
        var back = 0;
        for (var round = 0; round < input.Rounds; round++)
        {
            var relays = Enumerable
                .Range(0, input.Width)
                .Select(i => context.CallSubOrchestratorAsync(new Relay($"{round}.{i}", 0)));
            back += (await Task.WhenAll(relays)).Distinct().Count();
        }
        return back;
    }
}
