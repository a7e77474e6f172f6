using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

// Orchestrations whose data is large.

/// <summary>Transactional: makes a thing and gives a text of a length.</summary>
public sealed record Print(string Thing, int Length) : IActivity<string>;

internal sealed class PrintHandler : ITransactionalActivity<Print, string>
{
    public async ValueTask<string> RunAsync(Tx tx, Print step)
    {
        await tx.ExecuteAsync("INSERT INTO things (name) VALUES (@Thing)", step);
        return new string('p', step.Length);
    }
}

/// <summary>Sends one text to many at the same time, and shows it in between.</summary>
public sealed record Parcels(string Text, int Width) : IOrchestration<string>;

internal sealed class ParcelsOrchestrator : TaskOrchestrator<Parcels, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Parcels input)
    {
        context.SetCustomStatus(input.Text + "!");
        var all = Enumerable.Range(0, input.Width).Select(_ => context.CallActivityAsync(new Ask(input.Text)));
        var back = await Task.WhenAll(all);
        context.SetCustomStatus(input.Text + "?");
        await context.CallActivityAsync(new Show($"{back.Distinct().Count()}"));
        return back[0];
    }
}

/// <summary>A long letter a generation; tells how much it has read.</summary>
public sealed record Archive(int Most, string Last = "", int Read = 0) : IOrchestration<string>;

internal sealed class ArchiveOrchestrator : TaskOrchestrator<Archive, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Archive input)
    {
        if (input.Read == 1)
            context.SetCustomStatus(input.Last);
        var letter = await context.WaitForExternalEvent<string>("letter");
        await context.CallActivityAsync(new Print($"{input.Read} {letter[..2]}", 40_000));
        if (input.Read + 1 < input.Most)
            context.ContinueAsNew(new Archive(input.Most, letter, input.Read + 1));
        return letter;
    }
}

/// <summary>A large step, then one that may fail.</summary>
public sealed record Delivery(HostId Host, string Text) : IOrchestration<string>;

internal sealed class DeliveryOrchestrator : TaskOrchestrator<Delivery, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Delivery input)
    {
        var large = await context.CallActivityAsync(new Print("label", 50_000));
        await context.CallActivityAsync(new Ensure(input.Host, input.Text));
        await context.CallActivityAsync(new Ask("signed?"));
        return large;
    }
}

/// <summary>Too much of something; tells how it was refused.</summary>
public sealed record Overweight(string What, string Load = "") : IOrchestration<string>;

internal sealed class OverweightOrchestrator : TaskOrchestrator<Overweight, string>
{
    private static readonly string Huge = new('h', Payload.Most);

    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Overweight input)
    {
        try
        {
            return await TryAsync(context, input);
        }
        catch (Fault fault)
        {
            await context.CallActivityAsync(new Show("refused"));
            return $"{fault.Code}: {fault.Message}";
        }
    }

    private static async Task<string> TryAsync(TaskOrchestrationContext context, Overweight input)
    {
        switch (input.What)
        {
            case "step":
                return await context.CallActivityAsync(new Ask(Huge));
            case "local result":
                return await context.CallActivityAsync(new Ask("huge"));
            case "transactional result":
                return await context.CallActivityAsync(new Print("huge", Payload.Most));
            case "call":
                return await context.CallSubOrchestratorAsync(new Question(Huge));
            case "called output":
                return await context.CallSubOrchestratorAsync(new Overweight("output"));
            case "status":
                context.SetCustomStatus(Huge);
                return "";
            case "continue":
                context.ContinueAsNew(input with { Load = Huge });
                return "";
            default:
                return Huge;
        }
    }
}
