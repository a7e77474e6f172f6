using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Identity.Orchestrations;
using Pipeline.Identity.Purge;

namespace Pipeline.Identity.Activities;

/// <summary>Removes some things of a stage, or begins to; each with an audit record.</summary>
internal sealed record RemoveHoldings(PurgeProject Order, PurgeStage Stage, PurgePlace From)
    : IActivity<RemovedHoldings>;

/// <param name="Kind">Which of the stage's kinds, counted.</param>
/// <param name="After">The last thing of it that was looked at.</param>
internal sealed record PurgePlace(int Kind, string After);

/// <param name="Going">How many are being removed, and not gone yet.</param>
/// <param name="Next">Null at the stage's end.</param>
internal sealed record RemovedHoldings(int Going, IReadOnlyList<PurgeObstacle> Obstacles, PurgePlace? Next);

internal sealed class RemoveHoldingsHandler(ProjectHoldings holdings)
    : ITransactionalActivity<RemoveHoldings, RemovedHoldings>
{
    private const int AtOnce = 20;

    public async ValueTask<RemovedHoldings> RunAsync(Tx tx, RemoveHoldings step)
    {
        var kinds = holdings.Of(step.Stage);
        if (step.From.Kind >= kinds.Count)
            return new(0, [], null);
        var kind = kinds[step.From.Kind];
        var order = step.Order;
        var cause = new PurgeCause(order.Project, order.By, order.RequestId);
        var found = await kind.ListAsync(tx, order.Project, step.From.After, AtOnce);
        List<PurgeObstacle> obstacles = [];
        foreach (var thing in found)
        {
            var removing = await kind.RemoveAsync(tx, thing.Id, cause);
            if (removing.Obstacle is { } why)
                obstacles.Add(new(kind.Kind, thing.Id, why));
            if (removing.Begun)
                await tx.AuditAsync(
                    new(
                        order.By,
                        order.ByProject,
                        order.ByDomain,
                        order.RequestId,
                        PurgeFunction.Rule,
                        $"{kind.Kind}/{thing.Id}"
                    )
                );
        }
        var going = await StillThereAsync(tx, kind, step, found) - obstacles.Count;
        return new(going, obstacles, Next(step.From, kinds.Count, found));
    }

    /// <summary>What was removed at once is gone by now; the rest takes its time.</summary>
    private static async ValueTask<int> StillThereAsync(
        Tx tx,
        IProjectHoldings kind,
        RemoveHoldings step,
        IReadOnlyList<HeldThing> found
    )
    {
        if (found.Count == 0)
            return 0;
        var ids = found.Select(thing => thing.Id).ToHashSet();
        var left = await kind.ListAsync(tx, step.Order.Project, step.From.After, found.Count);
        return left.Count(thing => ids.Contains(thing.Id));
    }

    private static PurgePlace? Next(PurgePlace place, int kinds, IReadOnlyList<HeldThing> found) =>
        found.Count == AtOnce ? place with { After = found[^1].Id }
        : place.Kind + 1 < kinds ? new(place.Kind + 1, "")
        : null;
}
