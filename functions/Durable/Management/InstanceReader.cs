using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Durable.Hub;

namespace Pipeline.Durable.Management;

/// <summary>What is asked of orchestrations from outside; it reads, and never loads more than a page.</summary>
public sealed class InstanceReader(EngineParts parts, ProgressEstimates estimates)
{
    /// <param name="withSteps">Each with its steps, for lists that are short; else with none.</param>
    public async ValueTask<InstancePage> ListAsync(Tx tx, InstanceFilter filter, int top, bool withSteps)
    {
        var rows = await tx.ListInstancesAsync(filter, top + 1);
        var states = new List<OrchestrationState>();
        foreach (var row in rows.Take(top))
            states.Add(await StateAsync(tx, row, withSteps));
        return new(states, rows.Count > top ? new(states[^1].CreatedAt, states[^1].Id) : null);
    }

    /// <param name="project">Null for all projects, and for what belongs to none.</param>
    public ValueTask<IReadOnlyList<InstanceCount>> CountAsync(Tx tx, ProjectId? project) =>
        tx.CountInstancesAsync(project);

    /// <param name="withSteps">With its steps and history; else with none.</param>
    public async ValueTask<OrchestrationState?> FindAsync(Tx tx, string id, bool withSteps = true) =>
        await tx.FindInstanceAsync(id) is { } row ? await StateAsync(tx, row, withSteps) : null;

    private async ValueTask<OrchestrationState> StateAsync(Tx tx, InstanceRow row, bool withSteps)
    {
        if (!withSteps)
            return OrchestrationState.From(row, [], [], parts.Json);
        var history = (await tx.ListHistoryAsync(row, 0)).Select(h => h.Event).ToList();
        var state = OrchestrationState.From(row, history, await tx.ListTasksAsync(row.Id), parts.Json);
        state = state with { History = HistoryItem.Condense(history, parts.Json) };
        return state with { Progress = await estimates.OfAsync(tx, state) };
    }
}
