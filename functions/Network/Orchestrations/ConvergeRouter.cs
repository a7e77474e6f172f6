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

    private static readonly Undo Away = Undo.NotNeeded("it only takes away");

    protected override async Task RunAsync(Saga saga, ConvergeRouter order)
    {
        var plan = await saga.DoAsync(new PlaceRouter(order.Router), undo: new UnplaceRouter(order.Router));
        // Where the router lives already, it is told whatever becomes of the copies that others may have.
        if (plan is { IsNew: false, Host: not null, Router: not null })
        {
            await saga.WhenAllAsync([LetGoAsync(saga, order.Router, plan), TellAsync(saga, order.Router, plan)]);
            return;
        }
        await LetGoAsync(saga, order.Router, plan);
        if (!plan.Waits)
            await TellAsync(saga, order.Router, plan);
    }

    private static async Task<Done> LetGoAsync(Saga saga, RouterId router, RouterPlan plan)
    {
        foreach (var copy in plan.Copies ?? [])
            await saga.DoAsync(copy, Away);
        if (plan.Copies is { } gone)
            await saga.DoAsync(new ForgetRouterCopies(router, [.. gone.Select(c => c.Host)]), Away);
        return Done.Instance;
    }

    private static async Task<Done> TellAsync(Saga saga, RouterId id, RouterPlan plan)
    {
        if (plan is { Host: { } host, Router: { } router })
        {
            var ensure = new EnsureRouter(host, router, plan.Networks, plan.Ports, plan.Gone, plan.Left);
            if (plan.IsNew)
                await saga.DoAsync(ensure, undo: Removal(host, id, plan));
            else
                await saga.DoAsync(ensure, Undo.NotNeeded("the next order converges the router on the newest state"));
        }
        else if (plan.Host is { } last)
            await saga.DoAsync(Removal(last, id, plan), Away);
        return await saga.DoAsync(new AcknowledgeRouter(id, plan.Receipt), Undo.NotNeeded("last step"));
    }

    private static RemoveRouter Removal(HostId host, RouterId router, RouterPlan plan) =>
        new(
            host,
            router,
            [.. plan.Ports.Select(p => p.Id), .. plan.Gone],
            [.. plan.Networks.Select(n => n.Id).Union(plan.Left)]
        );
}
