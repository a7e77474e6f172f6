using Pipeline.Contracts.Network;
using Pipeline.Durable;
using Pipeline.Network.Activities;

namespace Pipeline.Network.Orchestrations;

/// <summary>Converges a router's host on what the records say: gives it a place first, and takes it away from there at the end.</summary>
internal sealed record ConvergeRouter(RouterId Router) : IOrchestration<Done>
{
    public string? Resource => $"router/{Router}";
}

internal sealed class ConvergeRouterOrchestrator : SagaOrchestrator<ConvergeRouter>
{
    /// <summary>A host that is silent for longer is told again by the sweep, and then what is true by then.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    protected override async Task RunAsync(Saga saga, ConvergeRouter order)
    {
        var plan = await saga.DoAsync(new PlaceRouter(order.Router), undo: new UnplaceRouter(order.Router));
        var never = Undo.NotNeeded("it only takes away");
        foreach (var copy in plan.Copies ?? [])
            await saga.DoAsync(copy, never);
        if (plan.Copies is { } gone)
            await saga.DoAsync(new ForgetRouterCopies(order.Router, [.. gone.Select(c => c.Host)]), never);
        if (plan.Waits)
            return;
        if (plan is { Host: { } host, Router: { } router })
        {
            var ensure = new EnsureRouter(host, router, plan.Networks, plan.Ports, plan.Gone, plan.Left);
            if (plan.IsNew)
                await saga.DoAsync(ensure, undo: Removal(host, order.Router, plan));
            else
                await saga.DoAsync(ensure, Undo.NotNeeded("the next order converges the router on the newest state"));
        }
        else if (plan.Host is { } last)
            await saga.DoAsync(Removal(last, order.Router, plan), never);
        await saga.DoAsync(new AcknowledgeRouter(order.Router, plan.Receipt), Undo.NotNeeded("last step"));
    }

    private static RemoveRouter Removal(HostId host, RouterId router, RouterPlan plan) =>
        new(
            host,
            router,
            [.. plan.Ports.Select(p => p.Id), .. plan.Gone],
            [.. plan.Networks.Select(n => n.Id).Union(plan.Left)]
        );
}
