using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>A saga in the shape of a server's build: here, on a host, in parallel, and here again.</summary>
public sealed record Build(string Id, HostId Host) : IOrchestration<Done>
{
    string IOrchestration<Done>.Resource => $"server/{Id}";
}

internal sealed class BuildOrchestrator : SagaOrchestrator<Build>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(Saga saga, Build order)
    {
        var (id, host) = order;
        saga.OnFault(fault => new Show($"{id} ERROR {fault.Code}"));
        await saga.DoAsync(new Take($"claim {id}"), undo: new GiveBack($"claim {id}"));
        await saga.WhenAllAsync(
            saga.DoAsync(new Take($"port {id}"), undo: new GiveBack($"port {id}")),
            saga.DoAsync(new Ask($"image {id}"), undo: Undo.NotNeeded("it only reads"))
        );
        await saga.WhenAllAsync([
            saga.DoAsync(new Ensure(host, $"disk {id}"), undo: new Destroy(host, $"disk {id}")),
            saga.DoAsync(new Ensure(host, $"net {id}"), undo: new Destroy(host, $"net {id}")),
        ]);
        await saga.DoAsync(new Ensure(host, $"guest {id}"), undo: new Destroy(host, $"guest {id}"));
        await saga.DoAsync(new Show($"{id} ACTIVE"), undo: Undo.NotNeeded("last step"));
    }
}

/// <summary>Takes down what a build made; supersedes it when it still builds.</summary>
public sealed record Remove(string Id, HostId Host) : IOrchestration<Done>
{
    string IOrchestration<Done>.Resource => $"server/{Id}";
}

internal sealed class RemoveOrchestrator : SagaOrchestrator<Remove>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(Saga saga, Remove order)
    {
        var (id, host) = order;
        var gone = Undo.NotNeeded("what is gone is gone");
        await saga.DoAsync(new Destroy(host, $"guest {id}"), gone);
        await saga.DoAsync(new Destroy(host, $"net {id}"), gone);
        await saga.DoAsync(new Destroy(host, $"disk {id}"), gone);
        await saga.DoAsync(new GiveBack($"port {id}"), gone);
        await saga.DoAsync(new GiveBack($"claim {id}"), gone);
        await saga.DoAsync(new Show($"{id} DELETED"), gone);
    }
}

/// <summary>Takes a thing, waits for a word, and keeps it for a while.</summary>
public sealed record Borrow(string Thing) : IOrchestration<Done>;

internal sealed class BorrowOrchestrator : SagaOrchestrator<Borrow>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    protected override async Task RunAsync(Saga saga, Borrow order)
    {
        await saga.DoAsync(new Take(order.Thing), undo: new GiveBack(order.Thing));
        await saga.WaitForExternalEvent<string>("word");
        await saga.CreateTimer(TimeSpan.FromMinutes(30));
        await saga.DoAsync(new GiveBack(order.Thing), Undo.NotNeeded("last step"));
    }
}
