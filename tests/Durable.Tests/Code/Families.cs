using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

// Orchestrations that call others.

/// <summary>Takes a thing; then it ends, waits for a word, or fails, and gives the thing back unless it has ended well.</summary>
public sealed record Visit(string Name, string How = "") : IOrchestration<Done>;

internal sealed class VisitOrchestrator : SagaOrchestrator<Visit>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, Visit order)
    {
        await saga.DoAsync(new Take(order.Name), undo: new GiveBack(order.Name));
        if (order.How == "wait")
            await saga.WaitForExternalEvent<string>("go");
        if (order.How == "fail")
            throw new Fault(FaultCode.DiskFull, $"{order.Name} is full");
    }
}

/// <summary>Calls visits at the same time and tells how each ended; "leave" does not await them.</summary>
public sealed record Family(
    IReadOnlyList<Visit> Visits,
    string How = "",
    string? Id = null,
    bool Detached = false,
    int Generation = 0
) : IOrchestration<string>;

internal sealed class FamilyOrchestrator : TaskOrchestrator<Family, string>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Family input)
    {
        using var over = new CancellationTokenSource();
        var options = new SubOrchestrationOptions(input.Id, input.Detached);
        if (input.Generation > 0)
            return "again";
        var calls = input.Visits.Select(v => context.CallSubOrchestratorAsync(v, options, over.Token)).ToList();
        if (input.How != "")
            await context.WaitForExternalEvent<string>("word");
        if (input.How == "continue")
            context.ContinueAsNew(input with { Generation = 1 });
        if (input.How is "continue" or "leave")
            return "left";
        if (input.How == "stop")
            over.Cancel();
        var ends = new List<string>();
        foreach (var call in calls)
            ends.Add(await EndAsync(call));
        return string.Join(", ", ends);
    }

    private static async Task<string> EndAsync(Task<Done> call)
    {
        try
        {
            await call;
            return "well";
        }
        catch (Fault fault)
        {
            return $"{fault.Code}";
        }
    }
}

/// <summary>A saga whose middle step is a saga of its own, on the same resource and the same host.</summary>
public sealed record House(HostId Host, string How = "") : IOrchestration<Done>
{
    public string Resource => "house";
}

internal sealed class HouseOrchestrator : SagaOrchestrator<House>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, House order)
    {
        saga.OnFault(fault => new Show($"house: {fault.Code}"));
        await saga.DoAsync(new Ensure(order.Host, "walls"), undo: new Destroy(order.Host, "walls"));
        await saga.DoAsync(
            new Room(order.Host, order.How),
            undo: Undo.NotNeeded("a room that fails leaves nothing, and one that stands goes with its walls")
        );
        await saga.DoAsync(new Ensure(order.Host, "roof"), undo: new Destroy(order.Host, "roof"));
    }
}

public sealed record Room(HostId Host, string How) : IOrchestration<Done>
{
    public string Resource => "house";
}

internal sealed class RoomOrchestrator : SagaOrchestrator<Room>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, Room order)
    {
        await saga.DoAsync(new Ensure(order.Host, "room"), undo: new Destroy(order.Host, "room"));
        if (order.How == "wait")
            await saga.WaitForExternalEvent<string>("go");
        if (order.How == "fail")
            throw new Fault(FaultCode.DiskFull, "the room is full");
    }
}

/// <summary>Calls a room and does not await it, or calls two.</summary>
public sealed record Landlord(HostId Host, string How) : IOrchestration<string>
{
    public string Resource => "house";
}

internal sealed class LandlordOrchestrator : TaskOrchestrator<Landlord, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Landlord input)
    {
        var first = context.CallSubOrchestratorAsync(new Room(input.Host, "wait"));
        if (input.How == "leave")
        {
            await context.WaitForExternalEvent<string>("word");
            return "left";
        }
        try
        {
            await context.CallSubOrchestratorAsync(
                new Room(input.Host, ""),
                new SubOrchestrationOptions(Detached: input.How == "detached")
            );
            return "two";
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return fault.Message;
        }
    }
}

/// <summary>Takes a thing, then lets another ask; it fails when that one does.</summary>
public sealed record Inquiry(string Text, string? Id = null) : IOrchestration<string>;

internal sealed class InquiryOrchestrator : TaskOrchestrator<Inquiry, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Inquiry input)
    {
        await context.CallActivityAsync(new Take(input.Text));
        return await context.CallSubOrchestratorAsync(new Question(input.Text), new SubOrchestrationOptions(input.Id));
    }
}
